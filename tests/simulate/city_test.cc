#include "clients/cli/simulate/city.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

namespace commonwatch::cli {
namespace {

using std::chrono::hours;

std::vector<SimulatedReport> all_of(const CityOptions& options) {
  City city(options);
  std::vector<SimulatedReport> reports;
  while (auto report = city.next()) reports.push_back(std::move(*report));
  return reports;
}

CityOptions city_of(std::uint64_t seed, int days, double incidents_per_day = 20) {
  CityOptions options;
  options.seed = seed;
  options.days = days;
  options.incidents_per_day = incidents_per_day;
  return options;
}

std::int64_t reported(const SimulatedReport& report) {
  return std::chrono::floor<std::chrono::seconds>(report.reported_at).time_since_epoch().count();
}

// The incident's number within the city, from the record id `s1-cad-7`.
std::string incident_of(const SimulatedReport& report) {
  const std::string& id = report.event.record_id();
  return id.substr(id.rfind('-') + 1);
}

// FNV-1a over source, time and bytes of every report.
std::uint64_t fingerprint(const std::vector<SimulatedReport>& reports) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  const auto add = [&](const std::string& text) {
    for (const char c : text + "\n") {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
  };
  for (const SimulatedReport& report : reports) {
    add(report.source);
    add(std::to_string(reported(report)));
    add(report.event.SerializeAsString());
  }
  return hash;
}

TEST_CASE("City tells the same story for the same seed, on every machine") {
  const auto reports = all_of(city_of(1, 14));
  CHECK(fingerprint(reports) == fingerprint(all_of(city_of(1, 14))));
  CHECK(fingerprint(reports) == 0xaa51aa8d72eca7bbULL);
}

TEST_CASE("City tells another story for another seed") {
  CHECK(fingerprint(all_of(city_of(1, 7))) != fingerprint(all_of(city_of(2, 7))));
}

TEST_CASE("City reports in order of time, none before it happened, none long after") {
  const auto reports = all_of(city_of(3, 28));
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (i > 0) REQUIRE(reports[i - 1].reported_at <= reports[i].reported_at);
    const std::int64_t late = reported(reports[i]) - reports[i].event.occurred_at().seconds();
    REQUIRE(late > 0);
    REQUIRE(late < 14 * 24 * 3600);
  }
}

TEST_CASE("City has the rhythm of the week and the rate that was asked for") {
  CityOptions options = city_of(4, 364, 40);
  options.outbreak_every_days = 3650;
  std::set<std::string> seen;
  std::array<int, 24> by_hour{};
  std::array<int, 7> by_weekday{};  // from Sunday
  for (const SimulatedReport& report : all_of(options)) {
    if (report.source != "sim-ems/cad" || !seen.insert(incident_of(report)).second) continue;
    const std::chrono::sys_seconds at{std::chrono::seconds(report.event.occurred_at().seconds())};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    ++by_hour[static_cast<std::size_t>((at - day) / hours(1))];
    ++by_weekday[std::chrono::weekday(day).c_encoding()];
  }
  // EMS reports 85 % of the overdoses, and all false alarms.
  CHECK(static_cast<double>(seen.size()) / 364 == Approx(40 * (0.97 * 0.85 + 0.03)).epsilon(0.06));
  const int night = by_hour[4] + by_hour[5] + by_hour[6];
  const int evening = by_hour[20] + by_hour[21] + by_hour[22];
  CHECK(evening > 4 * night);
  CHECK(evening < 7 * night);
  CHECK(by_weekday[6] > 1.2 * by_weekday[1]);
  CHECK(by_weekday[6] < 1.7 * by_weekday[1]);
}

TEST_CASE("City's days vary more than chance alone would have it") {
  CityOptions options = city_of(5, 350, 40);
  options.outbreak_every_days = 3650;
  std::map<std::int64_t, int> days;
  std::set<std::string> seen;
  for (const SimulatedReport& report : all_of(options)) {
    if (report.source != "sim-ems/cad" || !seen.insert(incident_of(report)).second) continue;
    ++days[report.event.occurred_at().seconds() / 86400];
  }
  double sum = 0;
  double squares = 0;
  for (const auto& [day, count] : days) {
    sum += count;
    squares += static_cast<double>(count) * count;
  }
  const double mean = sum / 350;
  const double ratio = (squares / 350 - mean * mean) / mean;
  CHECK(ratio > 1.8);  // 1 by chance; weekdays and a mean of 34 x alpha 0.05 add about 2.4
  CHECK(ratio < 6);
}

TEST_CASE("City's agencies report their shares, late in their own way, and overlap") {
  std::map<std::string, std::set<std::string>> incidents;
  std::map<std::string, double> lateness;
  std::set<std::string> all;
  for (const SimulatedReport& report : all_of(city_of(6, 120))) {
    if (!incidents[report.source].insert(incident_of(report)).second) continue;
    all.insert(incident_of(report));
    lateness[report.source] +=
        static_cast<double>(reported(report) - report.event.occurred_at().seconds());
  }
  REQUIRE(incidents.size() == 3);
  const auto& ems = incidents["sim-ems/cad"];
  const auto& police = incidents["sim-police/rms"];
  const auto& hospital = incidents["sim-hospital/ed"];
  CHECK(ems.size() > 2 * police.size() * 9 / 10);
  CHECK(police.size() > all.size() / 3);
  CHECK(hospital.size() > all.size() / 4);
  std::size_t of_both = 0;
  for (const std::string& id : police) of_both += ems.count(id);
  CHECK(of_both > police.size() * 3 / 4);
  CHECK(of_both < police.size());
  CHECK(lateness["sim-ems/cad"] / static_cast<double>(ems.size()) < 1200);
  CHECK(lateness["sim-police/rms"] / static_cast<double>(police.size()) > 3600);
  CHECK(lateness["sim-hospital/ed"] / static_cast<double>(hospital.size()) > 18 * 3600);
}

TEST_CASE("City's hospital knows the postal area only") {
  std::set<std::pair<double, double>> places;
  for (const SimulatedReport& report : all_of(city_of(7, 60))) {
    const v1::Location& location = report.event.location();
    if (report.source != "sim-hospital/ed") continue;
    REQUIRE(location.kind() == v1::LOCATION_KIND_AREA);
    REQUIRE_FALSE(location.area_code().empty());
    places.emplace(location.latitude(), location.longitude());
  }
  CHECK(places.size() >= 3);
  CHECK(places.size() <= 9);
}

TEST_CASE("City corrects, retracts and repeats, always after the first report") {
  std::map<std::string, std::uint32_t> revisions;
  int corrections = 0;
  int retractions = 0;
  int repeats = 0;
  int deaths_found_late = 0;
  std::map<std::string, v1::Event> latest;
  for (const SimulatedReport& report : all_of(city_of(8, 90))) {
    const std::string key = report.source + " " + report.event.record_id();
    const auto before = latest.find(key);
    if (before == latest.end()) {
      REQUIRE(report.event.revision() == 0);
    } else if (report.event.revision() == before->second.revision()) {
      REQUIRE(report.event.SerializeAsString() == before->second.SerializeAsString());
      ++repeats;
    } else {
      REQUIRE(report.event.revision() == before->second.revision() + 1);
      ++corrections;
      retractions += report.event.has_retraction() ? 1 : 0;
      deaths_found_late +=
          report.event.overdose().outcome() != before->second.overdose().outcome() &&
                  report.event.overdose().outcome() == v1::OUTCOME_FATAL
              ? 1
              : 0;
    }
    latest[key] = report.event;
  }
  CHECK(corrections > 100);
  CHECK(retractions > 20);
  CHECK(repeats > 10);
  CHECK(deaths_found_late > 20);
}

TEST_CASE("City has an outbreak in every run of three days or more, where and when it says") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const City city(city_of(seed, 3 + static_cast<int>(seed % 5)));
    REQUIRE_FALSE(city.outbreaks().empty());
  }
  CHECK(City(city_of(1, 2)).outbreaks().empty());
  CHECK(City(city_of(1, 28)).outbreaks().size() == 2);

  const CityOptions options = city_of(9, 14, 5);
  const auto outbreaks = City(options).outbreaks();
  REQUIRE(outbreaks.size() == 1);
  const Outbreak& outbreak = outbreaks[0];
  CHECK(outbreak.begin >= options.start);
  CHECK(outbreak.end <= options.start + hours(24 * 14));
  std::set<std::string> inside;
  for (const SimulatedReport& report : all_of(options)) {
    if (report.source != "sim-ems/cad" || report.event.has_retraction()) continue;
    if (report.event.location().accuracy_m() > 100) continue;
    const Instant at{std::chrono::seconds(report.event.occurred_at().seconds())};
    const double north = (report.event.location().latitude() - outbreak.centre.latitude) * 111'320;
    const double east = (report.event.location().longitude() - outbreak.centre.longitude) *
                        111'320 * std::cos(outbreak.centre.latitude * 3.14159265 / 180);
    if (at < outbreak.begin || at > outbreak.end || std::hypot(north, east) > outbreak.radius_m) {
      continue;
    }
    inside.insert(incident_of(report));
  }
  CHECK(outbreak.incidents >= 6);
  CHECK(static_cast<int>(inside.size()) >= outbreak.incidents / 2);
}

TEST_CASE("City has facilities to which overdoses return") {
  std::map<std::pair<double, double>, int> counts;
  for (const SimulatedReport& report : all_of(city_of(10, 120))) {
    if (report.source != "sim-ems/cad" || report.event.revision() > 0) continue;
    const v1::Location& location = report.event.location();
    if (location.kind() == v1::LOCATION_KIND_SCENE) {
      ++counts[{location.latitude(), location.longitude()}];
    }
  }
  int steady = 0;
  for (const auto& [place, count] : counts) steady += count >= 25 ? 1 : 0;
  CHECK(steady >= 2);
}

TEST_CASE("City tells a year without holding it") {
  City city(city_of(11, 365, 50));
  std::size_t count = 0;
  std::size_t held = 0;
  Instant last{};
  while (const auto report = city.next()) {
    ++count;
    held = std::max(held, city.pending());
    last = report->reported_at;
  }
  CHECK(count > 365 * 50);
  CHECK(held < 50 * 7);
  CHECK(last > CityOptions().start + hours(24 * 364));
}

TEST_CASE("City refuses options out of range by name") {
  CHECK_THROWS_WITH(City(city_of(1, 0)), Catch::Contains("days"));
  CHECK_THROWS_WITH(City(city_of(1, 1, 0)), Catch::Contains("incidents_per_day"));
  CHECK_THROWS_WITH(City(city_of(1, 1, std::nan(""))), Catch::Contains("incidents_per_day"));
  CityOptions pole;
  pole.centre.latitude = 89;
  CHECK_THROWS_WITH(City(pole), Catch::Contains("latitude"));
}

}  // namespace
}  // namespace commonwatch::cli
