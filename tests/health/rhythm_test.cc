#include "hub/health/rhythm.h"

#include <catch2/catch.hpp>

#include "tests/health/arrivals.h"

namespace commonwatch::health::test {
namespace {

// Ten events in each of nine hours of five days of the week, watched eight weeks.
WeekCounts office_weeks() {
  WeekCounts counts;
  counts.watched.fill(8);
  for (std::size_t day = 0; day < 5; ++day) {
    for (std::size_t hour = 13; hour < 22; ++hour) counts.events[24 * day + hour] = 80;
  }
  return counts;
}

}  // namespace

TEST_CASE("A rhythm keeps the week's total, and the nights' quiet") {
  const Rhythm rhythm(office_weeks());
  CHECK(rhythm.per_week() == Approx(450));
  CHECK(rhythm.expected(0, kMinutesPerWeek) == Approx(450));
  CHECK(rhythm.expected(16 * 60, 17 * 60) == Approx(10).epsilon(0.05));
  CHECK(rhythm.expected(0, 12 * 60) < 1);
  CHECK(rhythm.expected(5 * kMinutesPerDay, 7 * kMinutesPerDay) < 5);
}

TEST_CASE("The minute by which events are usual is the first at which they are expected") {
  Random random(9);
  INFO("seed 9");
  const Rhythm rhythm(office_weeks());
  for (int i = 0; i < 500; ++i) {
    const Minute from = random.between(-50'000, 50'000);
    const double events = random.exponential(200);
    const Minute at = rhythm.reach(from, events);
    CHECK(rhythm.expected(from, at) >= events * (1 - 1e-9));
    CHECK(rhythm.expected(from, at - 1) <= events * (1 + 1e-9));
  }
}

TEST_CASE("Without events nothing is ever expected") {
  CHECK(Rhythm().reach(0, 1) == kNever);
  CHECK(Rhythm(WeekCounts{}).expected(0, kMinutesPerWeek) == 0);
}

}  // namespace commonwatch::health::test
