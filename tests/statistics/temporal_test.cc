#include "hub/statistics/temporal.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

namespace commonwatch::statistics {
namespace {

constexpr double kPi = 3.14159265358979323846;

// A mean with a season and a weekend.
double mean_of(std::size_t day, double level) {
  const double season = 1 + 0.4 * std::cos(2 * kPi * static_cast<double>(day) / kSeasonDays);
  return level * season * (day % 7 < 5 ? 1 : 1.6);
}

// Knuth's, so that a seed gives the same everywhere.
std::uint32_t draw_poisson(std::mt19937_64& random, double mean) {
  std::uint32_t count = 0;
  for (; mean > 20; mean -= 20) count += draw_poisson(random, 20);
  double product = 1;
  for (const double limit = std::exp(-mean);; ++count) {
    product *= static_cast<double>(random() >> 11U) * 0x1p-53;
    if (product <= limit) return count;
  }
}

std::vector<std::uint32_t> draw_series(std::uint64_t seed, std::size_t days, double level) {
  std::mt19937_64 random(seed);
  std::vector<std::uint32_t> series;
  for (std::size_t day = 0; day < days; ++day) {
    series.push_back(draw_poisson(random, mean_of(day, level)));
  }
  return series;
}

TEST_CASE("There is no forecast before eight weeks, and one from then on") {
  TemporalDetector detector;
  for (std::size_t day = 0; day < kForecastDaysMin; ++day) {
    REQUIRE_FALSE(detector.judge(4).has_value());
  }
  const auto judgement = detector.judge(4);
  REQUIRE(judgement.has_value());
  CHECK(judgement->expected == Approx(4).epsilon(0.1));
}

TEST_CASE("The forecast learns weekday and season") {
  const auto series = draw_series(7, 5 * kSeasonDays, 40);
  DailyForecast forecast;
  double error = 0;
  std::size_t days = 0;
  for (std::size_t day = 0; day < series.size(); ++day) {
    if (day >= 3 * kSeasonDays) {
      error += std::abs(forecast.next()->mean / mean_of(day, 40) - 1);
      ++days;
    }
    forecast.learn(series[day]);
  }
  CHECK(error / static_cast<double>(days) < 0.05);
}

TEST_CASE("The variance is the mean's for Poisson counts, and grows with what strays") {
  const auto series = draw_series(8, 4 * kSeasonDays, 30);
  DailyForecast calm;
  DailyForecast stormy;
  std::mt19937_64 random(9);
  for (const std::uint32_t count : series) {
    calm.learn(count);
    stormy.learn(random() % 2 == 0 ? count / 2 : count + count / 2);
  }
  CHECK(calm.next()->variance / calm.next()->mean == Approx(1.05).margin(0.2));
  CHECK(stormy.next()->variance / stormy.next()->mean > 5);
}

TEST_CASE("Chance alone gives alarms about as rarely as the header says") {
  std::size_t alarms = 0;
  std::size_t days = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TemporalDetector detector;
    const auto series = draw_series(seed, 5 * kSeasonDays, 12);
    for (std::size_t day = 0; day < series.size(); ++day) {
      const auto judgement = detector.judge(series[day]);
      if (day < 2 * kSeasonDays) continue;
      ++days;
      alarms += judgement->alarm ? 1 : 0;
    }
  }
  const double rate = static_cast<double>(alarms) / static_cast<double>(days);
  CHECK(rate > 0.003);
  CHECK(rate < 0.008);
}

TEST_CASE("A day far beyond expectation is an alarm at once, with that day as its window") {
  auto series = draw_series(11, 3 * kSeasonDays, 12);
  series.back() = static_cast<std::uint32_t>(4 * mean_of(series.size() - 1, 12));
  TemporalDetector detector;
  std::optional<TemporalJudgement> last;
  for (const std::uint32_t count : series) last = detector.judge(count);
  CHECK(last->alarm);
  CHECK(last->window_days == 1);
  CHECK(last->window_count == series.back());
  CHECK(last->window_expected == last->expected);
  CHECK(last->p_value < 1e-6);
}

TEST_CASE("Days that are each a little high add up to an alarm over several days") {
  auto series = draw_series(12, 3 * kSeasonDays, 40);
  for (std::size_t day = series.size() - 3; day < series.size(); ++day) {
    const double mean = mean_of(day, 40);
    series[day] = static_cast<std::uint32_t>(mean + 2.2 * std::sqrt(mean));
  }
  TemporalDetector detector;
  std::optional<TemporalJudgement> last;
  for (const std::uint32_t count : series) last = detector.judge(count);
  CHECK(last->alarm);
  CHECK(last->window_days > 1);
}

TEST_CASE("When an outbreak is over, an ordinary day is no alarm, whatever its week holds") {
  auto series = draw_series(13, 3 * kSeasonDays, 20);
  for (std::size_t day = series.size() - 5; day + 1 < series.size(); ++day) series[day] *= 3;
  series.back() = static_cast<std::uint32_t>(mean_of(series.size() - 1, 20));
  TemporalDetector detector;
  std::optional<TemporalJudgement> before;
  std::optional<TemporalJudgement> last;
  for (const std::uint32_t count : series) {
    before = last;
    last = detector.judge(count);
  }
  CHECK(before->alarm);
  CHECK_FALSE(last->alarm);
}

TEST_CASE("A holiday that comes every year is expected from the third time on") {
  auto series = draw_series(14, 5 * kSeasonDays, 40);
  for (std::size_t year = 0; year < 5; ++year) series[year * kSeasonDays + 200] *= 3;
  TemporalDetector detector;
  std::vector<bool> alarms;
  for (std::size_t day = 0; day < series.size(); ++day) {
    const auto judgement = detector.judge(series[day]);
    if (day % kSeasonDays == 200) alarms.push_back(judgement->alarm);
  }
  CHECK(alarms == std::vector<bool>{true, true, false, false, false});
}

TEST_CASE("A level that rises for good is learnt within weeks") {
  auto series = draw_series(15, 3 * kSeasonDays, 20);
  for (std::size_t day = series.size() - 70; day < series.size(); ++day) series[day] *= 3;
  TemporalDetector detector;
  std::size_t late_alarms = 0;
  for (std::size_t day = 0; day < series.size(); ++day) {
    const auto judgement = detector.judge(series[day]);
    if (day + 28 >= series.size()) late_alarms += judgement->alarm ? 1 : 0;
  }
  CHECK(late_alarms <= 1);
}

TEST_CASE("Weekdays without events are expected empty, and one event on them is no alarm") {
  TemporalDetector detector;
  std::optional<TemporalJudgement> saturday;
  for (std::size_t day = 0; day < 2 * kSeasonDays + 6; ++day) {
    const bool weekend = day % 7 >= 5;
    const bool last = day == 2 * kSeasonDays + 5;
    saturday = detector.judge(last ? 1 : weekend ? 0 : 15);
  }
  CHECK(saturday->expected < 0.1);
  CHECK_FALSE(saturday->alarm);
}

TEST_CASE("A series of zeros is expected to go on, and gives no alarm") {
  TemporalDetector detector;
  for (int day = 0; day < 800; ++day) {
    const auto judgement = detector.judge(0);
    if (!judgement) continue;
    REQUIRE_FALSE(judgement->alarm);
    REQUIRE(judgement->expected > 0);
    REQUIRE(judgement->expected < 0.8);
  }
}

TEST_CASE("The same counts give the same judgements, bit for bit") {
  const auto series = draw_series(17, 3 * kSeasonDays, 9);
  TemporalDetector first;
  TemporalDetector second;
  for (const std::uint32_t count : series) {
    const auto a = first.judge(count);
    const auto b = second.judge(count);
    REQUIRE(a.has_value() == b.has_value());
    if (!a) continue;
    REQUIRE(a->p_value == b->p_value);
    REQUIRE(a->expected == b->expected);
  }
}

}  // namespace
}  // namespace commonwatch::statistics
