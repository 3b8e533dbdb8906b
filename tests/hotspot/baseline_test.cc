#include "hub/hotspot/baseline.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/hotspot/random.h"

namespace commonwatch::hotspot::test {
namespace {

// Trailing: days 28 to 392.
constexpr Day kToday = 400;
constexpr Day kTo = 393;

// Totals of some partners, each alone.
class Observed {
 public:
  Observed() {
    for (model::NameIndex partner = 0; partner < 3; ++partner) reporters_.index_of({partner});
  }
  void add(Day day, ReporterSet set, std::uint32_t persons, int hour = 12) {
    if (persons == 0) return;
    auto& row = totals_.days[day];
    row.resize(std::max<std::size_t>(row.size(), set + 1U));
    row[set] += persons;
    if (!trailing_days(settings_, kToday).holds(day)) return;
    totals_.hours_of_week[static_cast<std::size_t>(
        model::TimeZone().hour_of_week(day * kHoursOfDay + hour))] += persons;
  }
  void add_daily(Day from, Day to, ReporterSet set, std::uint32_t persons) {
    for (Day day = from; day < to; ++day) add(day, set, persons);
  }
  Baseline make() const {
    return make_baseline(totals_, reporters_, settings_, model::TimeZone(), kToday);
  }
  Totals& totals() { return totals_; }
  ReporterSets& reporters() { return reporters_; }

 private:
  Settings settings_;
  ReporterSets reporters_;
  Totals totals_;
};

TEST_CASE("Exposure begins with the first report and ends with the guard") {
  Observed observed;
  observed.add_daily(100, kToday, 0, 1);
  CHECK(observed.make().exposure_days == kTo - 100);
  observed.add_daily(5, 100, 0, 1);
  CHECK(observed.make().exposure_days == 365);
}

TEST_CASE("Reports of today do not change what is expected today") {
  Observed observed;
  observed.add_daily(100, kToday, 0, 1);
  const Baseline before = observed.make();
  observed.add(kToday, 1, 3);
  observed.add(kToday + 4, 2, 3);
  CHECK(observed.make() == before);
}

TEST_CASE("A partner that paused for more than 28 days has begun anew") {
  Observed observed;
  observed.add_daily(50, 150, 0, 1);
  observed.add_daily(177, kToday, 0, 1);
  CHECK(observed.make().exposure_days == kTo - 50);
  Observed paused;
  paused.add_daily(50, 150, 0, 1);
  paused.add_daily(178, kToday, 0, 1);
  CHECK(paused.make().exposure_days == kTo - 178);
}

TEST_CASE("A partner that seldom reports may pause for five of its gaps") {
  Observed observed;
  for (Day day = 40; day < kToday; day += 10) {
    if (day != 200 && day != 210 && day != 220) observed.add(day, 0, 1);
  }
  CHECK(observed.make().exposure_days == kTo - 40);
}

TEST_CASE("A partner that joined later weighs as if it had been there, once it is known 28 days") {
  const auto of_second = [](Day joined) {
    Observed observed;
    observed.add_daily(1, kToday, 0, 1);
    observed.add_daily(joined, kToday, 1, 1);
    const Baseline baseline = observed.make();
    CHECK(baseline.weights[0] == Weight{16, true});
    return baseline.weights[1];
  };
  CHECK(of_second(200) == Weight{30, true});
  CHECK(of_second(365) == Weight{209, true});
  CHECK_FALSE(of_second(366).counted);
}

TEST_CASE("The rate is that of all partners as if each had been there all the time") {
  Observed observed;
  observed.add_daily(1, kToday, 0, 2);
  observed.add_daily(200, kToday, 1, 3);
  CHECK(observed.make().rate_per_day == Approx(5).epsilon(0.01));
}

TEST_CASE("What a partner reported that has left is not expected any more") {
  Observed observed;
  observed.add_daily(1, kToday, 0, 1);
  observed.add_daily(1, 371, 1, 1);
  CHECK(observed.make().weights[1] == Weight{0, false});
  CHECK(observed.make().rate_per_day == Approx(1));
  observed.add(371, 1, 1);
  CHECK(observed.make().weights[1] == Weight{0, false});
  observed.add(372, 1, 1);
  CHECK(observed.make().weights[1] == Weight{16, true});
}

TEST_CASE("Below 28 days of exposure no weights, rate or profile are made up") {
  Observed observed;
  observed.add_daily(kTo - 27, kToday, 0, 4);
  const Baseline baseline = observed.make();
  CHECK(baseline.exposure_days == 27);
  CHECK(baseline.rate_per_day == 0);
  CHECK_FALSE(baseline.weights[0].counted);
  CHECK(*std::max_element(baseline.profile.begin(), baseline.profile.end()) == 1);
}

TEST_CASE("The profile has a mean of one and follows the hours of the week") {
  Random random(11);
  Observed observed;
  for (Day day = 1; day < kToday; ++day) {
    for (int i = random.poisson(12); i > 0; --i) {
      const bool by_day = random.chance(75);
      observed.add(day, 0, 1, static_cast<int>(random.between(0, 11)) + (by_day ? 12 : 0));
    }
  }
  const Baseline baseline = observed.make();
  const double sum = std::accumulate(baseline.profile.begin(), baseline.profile.end(), 0.0);
  CHECK(sum == Approx(168).epsilon(1e-12));
  for (std::size_t day = 0; day < 7; ++day) {
    CHECK(baseline.profile[day * 24 + 6] == Approx(0.5).margin(0.25));
    CHECK(baseline.profile[day * 24 + 18] == Approx(1.5).margin(0.35));
  }
}

TEST_CASE("Few persons leave the profile flat") {
  Observed observed;
  observed.add(100, 0, 1, 3);
  observed.add(120, 0, 1, 3);
  observed.add(140, 0, 1, 3);
  observed.add(380, 0, 1, 3);
  for (const double value : observed.make().profile) CHECK(value == Approx(1).margin(0.7));
}

double dispersion_of(std::uint64_t seed, double dispersion, Day second_joins = kToday) {
  Random random(seed);
  Observed observed;
  for (Day day = 1; day < kToday; ++day) {
    const auto persons = [&] {
      const double level = dispersion > 0 ? random.gamma(dispersion) : 1;
      return static_cast<std::uint32_t>(random.poisson(20 * level));
    };
    observed.add(day, 0, persons());
    if (day >= second_joins) observed.add(day, 1, persons());
  }
  return observed.make().dispersion;
}

TEST_CASE("Dispersion is near 0 for Poisson days and near that of gamma-Poisson days") {
  double of_poisson = 0;
  double of_gamma = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    of_poisson += dispersion_of(seed, 0) / 5;
    of_gamma += dispersion_of(seed, 0.1) / 5;
  }
  CHECK(of_poisson < 0.006);
  CHECK(of_gamma == Approx(0.1).margin(0.025));
}

TEST_CASE("A partner that joins does not pass for dispersion") {
  // Days of 20 and then of 40 persons vary by 0.11 around their mean.
  CHECK(dispersion_of(3, 0, 200) < 0.02);
}

TEST_CASE("The trend compares the last eight weeks with the year, and doubts it while they are few") {
  Observed steady;
  steady.add_daily(1, kToday, 0, 20);
  CHECK(steady.make().trend == Approx(1).margin(0.005));
  Observed doubled;
  doubled.add_daily(1, kTo - 56, 0, 20);
  doubled.add_daily(kTo - 56, kToday, 0, 40);
  const double rate = (309 * 20 + 56 * 40) / 365.0;
  CHECK(doubled.make().trend == Approx((56 * 40 + 50) / (56 * rate + 50)).margin(0.005));
  Observed young;
  young.add_daily(kTo - 100, kTo - 56, 0, 20);
  young.add_daily(kTo - 56, kToday, 0, 40);
  CHECK(young.make().trend == 1);
}

TEST_CASE("A partner that joins does not pass for a trend") {
  Observed observed;
  observed.add_daily(1, kToday, 0, 20);
  observed.add_daily(kTo - 28, kToday, 1, 20);
  CHECK(observed.make().trend == Approx(1).margin(0.02));
}

TEST_CASE("A delay falls into the first bin that does not end before it") {
  CHECK(delay_bin(Duration(0)) == 0);
  CHECK(delay_bin(-std::chrono::hours(3)) == 0);
  for (std::size_t bin = 0; bin + 1 < kDelayBins; ++bin) {
    const auto whole = static_cast<std::int64_t>(delay_bin_end(bin));
    CHECK(delay_bin(std::chrono::seconds(whole)) == bin);
    CHECK(delay_bin(std::chrono::seconds(whole + 1)) == bin + 1);
  }
  CHECK(delay_bin(std::chrono::hours(24 * 900)) == kDelayBins - 1);
}

TEST_CASE("Arrival follows the delays, never falls with age, and is not taken below a half") {
  Observed observed;
  observed.add_daily(1, kToday, 0, 5);
  observed.totals().delays[0] = 700;
  observed.totals().delays[delay_bin(std::chrono::hours(10))] = 300;
  const auto arrival = observed.make().arrival;
  CHECK(arrival[0] == Approx(720.0 / 1020).margin(1e-12));
  CHECK(arrival[4] == arrival[0]);
  CHECK(arrival[20] == 1);
  CHECK(std::is_sorted(arrival.begin(), arrival.end()));
  observed.totals().delays[0] = 10;
  observed.totals().delays[delay_bin(std::chrono::hours(1000))] = 3000;
  CHECK(observed.make().arrival[0] == 0.5);
}

class Silent {
 public:
  Silent() {
    observed_.add_daily(1, kToday, 0, 3);
    observed_.add_daily(1, kToday, 1, 1);
    observed_.totals().delays[0] = 600;
    observed_.totals().delays[delay_bin(std::chrono::hours(4))] = 400;
  }
  double completeness_at(std::size_t age, const std::vector<Silence>& silences) {
    return completeness(observed_.make(), observed_.reporters(), silences, kNowHour, age);
  }
  static constexpr Hour kNowHour = kToday * 24 + 9;
  Observed observed_;
};

TEST_CASE("A silence replaces the completeness of its hours by what the others see") {
  Silent city;
  const double usual = city.completeness_at(0, {});
  CHECK(usual == Approx(620.0 / 1020));
  const std::vector<Silence> of_second = {{1, Silent::kNowHour - 10}};
  CHECK(city.completeness_at(0, of_second) == 0.75);
  CHECK(city.completeness_at(10, of_second) == 0.75);
  CHECK(city.completeness_at(11, of_second) == city.completeness_at(11, {}));
  CHECK(city.completeness_at(11, of_second) == 1);
}

TEST_CASE("Completeness under a silence of most is a half") {
  Silent city;
  CHECK(city.completeness_at(2, {{0, Silent::kNowHour - 10}}) == 0.5);
}

TEST_CASE("An incident that several report is lost only when all of them are silent") {
  Silent city;
  const ReporterSet both = city.observed_.reporters().index_of({0, 1});
  city.observed_.add_daily(1, kToday, both, 4);
  CHECK(city.completeness_at(2, {{1, Silent::kNowHour - 10}}) == 0.875);
  CHECK(city.completeness_at(2, {{0, Silent::kNowHour - 10}, {1, Silent::kNowHour - 10}}) == 0.5);
}

}  // namespace
}  // namespace commonwatch::hotspot::test
