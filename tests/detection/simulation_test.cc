// What is simulated: the second city of `nulls`, and small runs of `nulls` and `power`.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "bench/detection/nulls.h"
#include "bench/detection/power.h"
#include "bench/detection/second_city.h"

namespace commonwatch::detection {
namespace {

constexpr hotspot::Day kBegin = 16'800;
constexpr hotspot::Day kDays = 745;

std::vector<CityReport> city(std::uint64_t seed) {
  Random random = make_random(seed, Purpose::kSecondCity, 0);
  return simulate_second_city(kBegin, kDays, random);
}

double median_delay_hours(const std::vector<CityReport>& reports, const std::string& source) {
  std::vector<double> hours;
  for (const CityReport& report : reports) {
    if (report.source != source) continue;
    hours.push_back(std::chrono::duration<double, std::ratio<3600>>(report.recorded -
                                                                    report.occurred)
                        .count());
  }
  REQUIRE(!hours.empty());
  std::sort(hours.begin(), hours.end());
  return hours[hours.size() / 2];
}

TEST_CASE("A second city comes again from its seed, another seed gives another") {
  const auto text = [](const std::vector<CityReport>& reports) {
    std::string all;
    for (const CityReport& report : reports) {
      all += report.source + report.record_id + to_rfc3339(report.occurred) +
             to_rfc3339(report.recorded) + std::to_string(report.where.latitude) + "\n";
    }
    return all;
  };
  CHECK(text(city(1)) == text(city(1)));
  CHECK(text(city(1)) != text(city(2)));
}

TEST_CASE("Agencies of a second city come in order, send twice, join late and report late") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    const auto reports = city(seed);
    CHECK(std::is_sorted(reports.begin(), reports.end(), [](const auto& a, const auto& b) {
      return a.recorded < b.recorded;
    }));
    std::map<std::string, Instant> first;
    std::set<std::string> records;
    std::multiset<std::pair<Instant, double>> dispatched;
    for (const CityReport& report : reports) {
      first.try_emplace(report.source, report.recorded);
      CHECK(records.insert(report.source + report.record_id).second);
      CHECK(report.recorded >= report.occurred - std::chrono::seconds(1));
      if (report.source == "ems/cad") dispatched.insert({report.occurred, report.where.latitude});
    }
    const auto twice = std::count_if(dispatched.begin(), dispatched.end(), [&](const auto& call) {
      return dispatched.count(call) > 1;
    });
    CHECK(twice > 0);
    CHECK(first.at("police/incidents") > first.at("ems/cad"));
    CHECK(median_delay_hours(reports, "ems/cad") < 0.2);
    CHECK(median_delay_hours(reports, "hospital/ed") > 4);
  }
}

TEST_CASE("Null years give the same days whatever the threads, and more notes than alerts") {
  NullsOptions options;
  options.years = 2;
  const NullsResult one = measure_nulls(options);
  options.threads = 2;
  const NullsResult two = measure_nulls(options);
  CHECK(one.days == two.days);
  CHECK(one.calibrations == two.calibrations);
  CHECK(one.calibrations >= 2);  // each year its own
  CHECK(one.reports > 2 * 745);
  CHECK(one.nominal[2] == Approx(1));
  for (std::size_t year = 0; year < 2; ++year) {
    CHECK(one.days[0][year] >= one.days[1][year]);
    CHECK(one.days[1][year] >= one.days[2][year]);
    // Nothing at all would be as wrong as an alert every week.
    CHECK(one.days[0][year] > 0);
    CHECK(one.days[2][year] < 52);
  }
  CHECK(print_json(one).find("\"alert\":{\"days_a_year\":") != std::string::npos);
  CHECK(print_table(one).find("| alert |") != std::string::npos);
}

// Places on a grid of about 50 km, each as likely.
County even_county() {
  County county;
  county.incidents_per_day = 5;
  county.dispersion = 0.1;
  county.profile.fill(1);
  for (int north = -12; north <= 12; ++north) {
    for (int east = -12; east <= 12; ++east) {
      county.places.push_back({40.2 + north * 0.018, -75.4 + east * 0.024});
    }
  }
  return county;
}

TEST_CASE("The scan finds six in one kilometre more surely than the county's rule does") {
  PowerOptions options;
  options.repetitions = 12;
  options.null_years = 4;
  const PowerResult result = measure_power(even_county(), options);
  REQUIRE(result.found.size() == scenarios().size());
  const auto dense = std::find_if(scenarios().begin(), scenarios().end(), [](const Scenario& s) {
    return s.persons == 6 && s.radius_km == 1;
  });
  REQUIRE(dense != scenarios().end());
  const auto& found = result.found[static_cast<std::size_t>(dense - scenarios().begin())];
  CHECK(found[kScan].found > found[kCountyRule].found);
  CHECK(found[kScan].found >= 8);
  CHECK(found[kScan].median_hours > 0);
  CHECK(print_json({result}).find("\"thresholds\":\"every_report\"") != std::string::npos);
  CHECK(print_json({result}).find("\"persons\":6,\"radius_km\":1") != std::string::npos);
  CHECK(print_table({result}).find("a look at every report and hour") != std::string::npos);
}

}  // namespace
}  // namespace commonwatch::detection
