#include <catch2/catch.hpp>

#include "tests/health/arrivals.h"

namespace commonwatch::health::test {
namespace {

using model::HealthState;

const std::string kName = "county-ems/cad-1";
constexpr std::uint64_t kSeed = 20'250'106;

// Local time of an office on the American east coast, with its daylight saving.
Instant office_time(Instant local) {
  const bool summer = local >= *parse_rfc3339("2025-03-09T02:00:00Z") &&
                      local < *parse_rfc3339("2025-11-02T02:00:00Z");
  return local + hours(summer ? 4 : 5);
}

bool is_working_day(int day) { return day % 7 < 5; }  // kStart is a Monday

// Reports of a health department, Monday to Friday, 8 to 17 o'clock.
Arrivals office(Random& random, int number_of_days, double per_day) {
  Arrivals arrivals;
  for (int day = 0; day < number_of_days; ++day) {
    if (!is_working_day(day)) continue;
    double hour = 8;
    while ((hour += random.exponential(9 / per_day)) < 17) {
      const Instant at = office_time(after(kStart + days(day), hour * 3600));
      arrivals.push_back({at, source(kName), at - hours(20)});
    }
  }
  return arrivals;
}

// One upload each working day, 17 o'clock give or take a quarter, of 10 to 60 reports.
Arrivals batches(Random& random, int number_of_days) {
  Arrivals arrivals;
  for (int day = 0; day < number_of_days; ++day) {
    if (!is_working_day(day)) continue;
    const Instant at =
        office_time(kStart + days(day) + hours(17) + minutes(random.between(-15, 15)));
    for (std::int64_t i = random.between(10, 60); i > 0; --i) {
      arrivals.push_back({at, source(kName), at - minutes(random.between(10, 1440))});
    }
  }
  return arrivals;
}

}  // namespace

TEST_CASE("A healthy source with day and night is called silent less than twice a year by chance") {
  constexpr int kYears = 6;
  const double per_day = GENERATE(1.0, 5.0, 30.0, 200.0);
  int silences = 0;
  for (int year = 0; year < kYears; ++year) {
    Random random(kSeed + static_cast<std::uint64_t>(year));
    const Instant end = kStart + days(365);
    Run run;
    run.feed(steady(random, source(kName), kStart, end, per_day, 300), end);
    REQUIRE(run.of(kName).state != HealthState::kStarting);
    silences += run.silences(kName);
  }
  INFO("seed " << kSeed << ", events a day " << per_day);
  CHECK(silences < 2 * kYears);
}

TEST_CASE("An outage is found within 40 usual events, or 90 minutes if those come sooner") {
  const double per_day = GENERATE(1.0, 5.0, 30.0, 200.0, 2000.0);
  for (std::uint64_t i = 0; i < 10; ++i) {
    INFO("seed " << kSeed + i << ", events a day " << per_day);
    Random random(kSeed + i);
    const Instant down = kStart + days(70) + minutes(random.between(0, kMinutesPerWeek));
    Run run;
    run.feed(steady(random, source(kName), kStart, down, per_day, 300), down + days(45));
    const auto found = run.first(kName, HealthState::kSilent, down - hours(1));
    REQUIRE(found.has_value());
    CHECK(hours_between(down, *found) < std::max(1.5, 40 * 24 / per_day));
    CHECK(run.of(kName).state == HealthState::kSilent);
  }
}

TEST_CASE(
    "An office that works Monday to Friday is silent less than twice a year by chance: not at "
    "night, at week-ends, nor when the clocks change") {
  constexpr int kYears = 10;
  const double per_day = GENERATE(5.0, 12.0, 40.0);
  int silences = 0;
  for (int year = 0; year < kYears; ++year) {
    Random random(kSeed + static_cast<std::uint64_t>(year));
    Run run;
    run.feed(office(random, 365, per_day), kStart + days(365));
    REQUIRE(run.of(kName).state != HealthState::kStarting);
    silences += run.silences(kName);
  }
  INFO("seed " << kSeed << ", events a working day " << per_day);
  CHECK(silences < 2 * kYears);
}

TEST_CASE(
    "An office that works Monday to Friday and sends nothing on a Wednesday is found silent "
    "before Thursday is over") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  Arrivals arrivals = office(random, 72, 12);
  const Instant wednesday = kStart + days(72);
  Run run;
  run.feed(arrivals, wednesday + hours(48));
  CHECK(run.of(kName).state == HealthState::kSilent);
}

TEST_CASE("A sender of one upload each working day is not silent between its uploads") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  Run run;
  run.feed(batches(random, 365), kStart + days(365));
  CHECK(run.silences(kName) < 2);
}

TEST_CASE("A sender of one upload each working day is silent after two of them are missing") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant last = kStart + days(71);  // a Tuesday; Wednesday's and Thursday's will be missing
  Run run;
  run.feed(batches(random, 72), last + hours(24 + 20));
  CHECK(run.of(kName).state == HealthState::kOnTime);
  run.catch_up(last + hours(48 + 24));
  CHECK(run.of(kName).state == HealthState::kSilent);
}

TEST_CASE("One outage in the trailing period does not make the next one invisible") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant second = kStart + days(100);
  Arrivals arrivals = batches(random, 100);
  drop(arrivals, kStart + days(70), kStart + days(78));
  Run run;
  run.feed(arrivals, second + days(7));
  REQUIRE(run.first(kName, HealthState::kSilent, kStart + days(70)).has_value());
  CHECK(run.first(kName, HealthState::kSilent, second).value_or(second + days(9)) <
        second + days(6));
}

TEST_CASE("A source that is silent stays silent until it sends or is forgotten") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant down = kStart + days(70);
  const Arrivals arrivals = steady(random, source(kName), kStart, down, 30, 300);
  Run run;
  run.feed(arrivals, down + days(59));
  CHECK(run.of(kName).state == HealthState::kSilent);
  CHECK(run.changes[kName].back().at < down + days(2));
  run.catch_up(arrivals.back().recorded + days(60) + minutes(1));
  CHECK(run.sources.health().empty());
}

TEST_CASE("A source that sends again after a silence is no longer silent") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant end = kStart + days(80);
  Arrivals arrivals = steady(random, source(kName), kStart, end, 30, 300);
  drop(arrivals, kStart + days(70), kStart + days(73));
  Run run;
  run.feed(arrivals, kStart + days(73));
  REQUIRE(run.of(kName).state == HealthState::kSilent);
  run.feed(Arrivals(std::lower_bound(arrivals.begin(), arrivals.end(), kStart + days(73),
                                     [](const Arrival& a, Instant t) { return a.recorded < t; }),
                    arrivals.end()),
           kStart + days(73) + hours(4));
  CHECK(run.of(kName).state == HealthState::kOnTime);
}

TEST_CASE("A source is starting until there are a week and twenty events") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant end = kStart + days(30);
  Run often;
  often.feed(steady(random, source(kName), kStart + hours(5), end, 30, 300), end);
  // The first day was not whole.
  const auto judged = often.first(kName, HealthState::kOnTime, kStart);
  REQUIRE(judged.has_value());
  CHECK(*judged >= kStart + days(8));
  CHECK(*judged < kStart + days(8) + hours(6));
  Run seldom;
  seldom.feed(steady(random, source(kName), kStart, end, 0.4, 300), end);
  CHECK(seldom.of(kName).state == HealthState::kStarting);
}

TEST_CASE("An import of history does not make a source silent or late in the weeks after it") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant end = kStart + days(80);
  Arrivals arrivals = steady(random, source(kName), kStart, end, 5, 300);
  Arrivals history;
  for (int i = 0; i < 20'000; ++i) {
    history.push_back(
        {kStart + days(40) + hours(10) + seconds(i / 100), source(kName), kStart - hours(i / 2)});
  }
  append(arrivals, history);
  Run run;
  run.feed(arrivals, end);
  CHECK(run.silences(kName) < 2);
  CHECK_FALSE(run.first(kName, HealthState::kLate, kStart).has_value());
  CHECK(run.of(kName).expected < 8);
  CHECK(run.of(kName).delay_p90_s < 1800);
}

}  // namespace commonwatch::health::test
