#include "hub/statistics/daily_forecast.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::statistics {
namespace {

constexpr std::size_t kWeek = 7;
constexpr std::size_t kYearsMax = 5;
constexpr std::size_t kSeasonReach = 17;
// A season is never below this part of the year's mean: a zero could not rise again.
constexpr double kSeasonFloor = 0.02;
constexpr std::size_t kWeekdayDays = 2 * kSeasonDays;
constexpr double kWeekdayPrior = 100;  // counts
// What a weekday without any count weighs, so that no share is 0 / 0.
constexpr double kWeekdayFloor = 0.01;
constexpr std::size_t kLevelDays = 28;
constexpr std::size_t kLevelGuard = 2;
constexpr std::size_t kLevelTrim = 2;
constexpr double kLevelPrior = 20;  // counts
// A day of the year is special if it strayed the same way in each of the last years, by more than
// one deviation in each and by this many in sum.
constexpr double kSpecialDeviations = 4;
constexpr int kSpecialYearsMin = 2;
constexpr double kSpecialPrior = 0.1;  // counts
constexpr double kDeviationsMax = 3;
constexpr double kForget = 1.0 / kSeasonDays;
// Below this mean an error says nothing about the variance.
constexpr double kLearnMeanMin = 0.05;
constexpr double kMeanMin = 1e-3;

struct Observed {
  double stray = 0;  // Pearson residual
  double count = 0;
  double expected = 0;
};

// Count over expectation of the days, without the kLevelTrim highest and lowest.
double trimmed_ratio(std::array<Observed, kLevelDays> days, double count, double expected) {
  const double all = (count + kLevelPrior) / (expected + kLevelPrior);
  for (Observed& day : days) {
    const double mean = all * day.expected;
    day.stray = (day.count - mean) / std::sqrt(mean + 0.5);
  }
  std::ranges::sort(days, {}, &Observed::stray);
  for (std::size_t i = 0; i < kLevelTrim; ++i) {
    count -= days[i].count + days[kLevelDays - 1 - i].count;
    expected -= days[i].expected + days[kLevelDays - 1 - i].expected;
  }
  return (count + kLevelPrior) / (expected + kLevelPrior);
}

}  // namespace

void VarianceFactor::learn(double error, double mean) {
  if (mean < kLearnMeanMin) return;
  const double limit = kDeviationsMax * std::sqrt(mean * value()) + 0.5;
  const double capped = std::min(std::abs(error), limit);
  weight_ += 1 - weight_ * kForget;
  sum_ += capped * capped / mean - sum_ * kForget;
}

double VarianceFactor::value() const { return std::max(1.0, sum_ / weight_); }

std::optional<Forecast> DailyForecast::next() const {
  const Day& day = days_.back();
  if (day.plain < 0) return std::nullopt;
  const double mean = std::max(kMeanMin, day.plain * day.special);
  return Forecast{mean, mean * factor_.value()};
}

void DailyForecast::learn(std::uint32_t count) {
  Day& day = days_.back();
  day.count = count;
  if (const auto forecast = next()) factor_.learn(day.count - forecast->mean, forecast->mean);
  day.learnt = lesson_of(day);
  const std::size_t number = days_.size() - 1;
  weekday_sums_[number % kWeek] += day.learnt;
  if (number >= kWeekdayDays) {
    weekday_sums_[number % kWeek] -= days_[number - kWeekdayDays].learnt;
  }
  prepare();
}

void DailyForecast::prepare() {
  const double sum = days_.empty() ? 0 : days_.back().learnt_sum + days_.back().learnt;
  days_.emplace_back();
  Day& day = days_.back();
  day.learnt_sum = sum;
  day.season = season_of_next();
  day.weekday = weekday_of_next();
  if (days_.size() <= kForecastDaysMin) return;
  day.plain = day.season * day.weekday * level_of_next();
  day.special = special_of_next();
}

// Of the days from `from` to before `to`.
double DailyForecast::learnt_between(std::size_t from, std::size_t to) const {
  return days_[to].learnt_sum - days_[from].learnt_sum;
}

double DailyForecast::season_of_next() const {
  const std::size_t next = days_.size() - 1;
  const std::size_t year_begin = next - std::min(next, kSeasonDays);
  const double year =
      next == 0 ? 0 : learnt_between(year_begin, next) / static_cast<double>(next - year_begin);
  double sum = 0;
  std::size_t days = 0;
  for (std::size_t back = 1; back <= kYearsMax; ++back) {
    if (next + kSeasonReach < back * kSeasonDays) break;
    const std::size_t middle = next + kSeasonReach - back * kSeasonDays;  // + reach, still
    const std::size_t from = middle - std::min(middle, 2 * kSeasonReach);
    sum += learnt_between(from, middle + 1);
    days += middle + 1 - from;
  }
  const double season = days > 0 ? sum / static_cast<double>(days) : year;
  return std::max(kMeanMin, season + kSeasonFloor * year);
}

double DailyForecast::weekday_of_next() const {
  const std::size_t next = days_.size() - 1;
  double total = 0;
  for (const double sum : weekday_sums_) total += sum + kWeekdayFloor;
  const double share =
      (weekday_sums_[next % kWeek] + kWeekdayFloor) * static_cast<double>(kWeek) / total;
  double same = 0;
  double any = 0;
  for (std::size_t back = 1; back <= kYearsMax && next >= back * kSeasonDays + 10; ++back) {
    const std::size_t day = next - back * kSeasonDays;
    same += days_[day - kWeek].learnt + days_[day].learnt + days_[day + kWeek].learnt;
    any += learnt_between(day - 10, day + 11) / static_cast<double>(kWeek);
  }
  return (same + kWeekdayPrior * share) / (any + kWeekdayPrior);
}

double DailyForecast::level_of_next() const {
  const std::size_t next = days_.size() - 1;
  std::array<Observed, kLevelDays> observed{};
  double count = 0;
  double expected = 0;
  for (std::size_t i = 0; i < kLevelDays; ++i) {
    const Day& day = days_[next - kLevelGuard - 1 - i];
    observed[i] = {0, day.count, day.season * day.weekday * day.special};
    count += observed[i].count;
    expected += observed[i].expected;
  }
  return trimmed_ratio(observed, count, expected);
}

double DailyForecast::special_of_next() const {
  const std::size_t next = days_.size() - 1;
  const double factor = factor_.value();
  double count = 0;
  double expected = 0;
  int years = 0;  // that agree, back from the last one; negative where they stray downwards
  for (std::size_t back = kSeasonDays; back <= kYearsMax * kSeasonDays && back <= next;
       back += kSeasonDays) {
    const Day& day = days_[next - back];
    const double error = day.count - day.plain;
    if (day.plain < 0 || std::abs(error) <= std::sqrt(day.plain * factor)) break;
    if (error * years < 0) break;
    years += error > 0 ? 1 : -1;
    count += day.count;
    expected += day.plain;
  }
  const bool stray = std::abs(count - expected) > kSpecialDeviations * std::sqrt(expected * factor);
  const bool agreed = std::abs(years) >= kSpecialYearsMin;
  return stray && agreed ? (count + kSpecialPrior) / (expected + kSpecialPrior) : 1;
}

double DailyForecast::lesson_of(const Day& day) const {
  if (day.plain < 0) return day.count;
  // A holiday teaches nothing about the days around it.
  if (day.special != 1) return day.plain;
  const double limit = kDeviationsMax * std::sqrt(day.plain * factor_.value()) + 0.5;
  return std::clamp(day.count, std::max(0.0, day.plain - limit), day.plain + limit);
}

}  // namespace commonwatch::statistics
