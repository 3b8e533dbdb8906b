#include "hub/health/rhythm.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::health {
namespace {

constexpr double kPriorWeeks = 1;
constexpr double kPriorEvents = 1;
constexpr std::size_t kWeek = kHoursPerWeek;
constexpr std::size_t kDay = kHoursPerDay;

WeekHours smoothed(const WeekHours& hours) {
  WeekHours result{};
  for (std::size_t hour = 0; hour < kWeek; ++hour) {
    result[hour] =
        (hours[(hour + kWeek - 1) % kWeek] + 2 * hours[hour] + hours[(hour + 1) % kWeek]) / 4;
  }
  return result;
}

struct Factors {
  std::array<double, kWeek / kDay> of_day{};
  std::array<double, kDay> of_hour{};
};

Factors factors_of(const WeekCounts& counts, double rate) {
  Factors events;
  Factors usual;
  for (std::size_t hour = 0; hour < kWeek; ++hour) {
    events.of_day[hour / kDay] += counts.events[hour];
    events.of_hour[hour % kDay] += counts.events[hour];
    usual.of_day[hour / kDay] += rate * counts.watched[hour];
    usual.of_hour[hour % kDay] += rate * counts.watched[hour];
  }
  const auto ratio = [](double seen, double expected) {
    return (kPriorEvents + seen) / (kPriorEvents + expected);
  };
  Factors factors;
  std::transform(events.of_day.begin(), events.of_day.end(), usual.of_day.begin(),
                 factors.of_day.begin(), ratio);
  std::transform(events.of_hour.begin(), events.of_hour.end(), usual.of_hour.begin(),
                 factors.of_hour.begin(), ratio);
  return factors;
}

double sum(const WeekHours& hours) {
  double total = 0;
  for (const double value : hours) total += value;
  return total;
}

}  // namespace

Rhythm::Rhythm(const WeekCounts& counts) {
  const double watched = sum(counts.watched);
  const double seen = sum(counts.events);
  if (!(watched > 0) || !(seen > 0)) return;
  const double rate = seen / watched;
  const WeekCounts smooth{smoothed(counts.events), smoothed(counts.watched)};
  const Factors factors = factors_of(smooth, rate);
  for (std::size_t hour = 0; hour < kWeek; ++hour) {
    const double prior = rate * factors.of_day[hour / kDay] * factors.of_hour[hour % kDay];
    before_[hour + 1] = before_[hour] + (kPriorWeeks * prior + smooth.events[hour]) /
                                            (kPriorWeeks + smooth.watched[hour]);
  }
  const double scale = rate * kWeek / before_[kWeek];
  for (double& value : before_) value *= scale;
}

double Rhythm::expected(Minute from, Minute to) const {
  const auto in_week = [this](Minute at) {
    const auto minute = static_cast<std::size_t>(at);
    const std::size_t hour = minute / kMinutesPerHour;
    const double part = static_cast<double>(minute % kMinutesPerHour) / kMinutesPerHour;
    return before_[hour] + part * (before_[hour + 1] - before_[hour]);
  };
  const std::int64_t from_week = floor_divide(from, kMinutesPerWeek);
  const std::int64_t to_week = floor_divide(to, kMinutesPerWeek);
  return static_cast<double>(to_week - from_week) * per_week() +
         in_week(to - to_week * kMinutesPerWeek) - in_week(from - from_week * kMinutesPerWeek);
}

Minute Rhythm::reach(Minute from, double events) const {
  if (!(per_week() > 0)) return kNever;
  const double weeks = std::floor(events / per_week());
  if (weeks >= 5000) return kNever;
  Minute at = from + static_cast<Minute>(weeks) * kMinutesPerWeek;
  double left = events - weeks * per_week();
  while (left > 0) {
    const Minute hour_end = (floor_divide(at, kMinutesPerHour) + 1) * kMinutesPerHour;
    const double here = expected(at, hour_end);
    if (here >= left) {
      const double span = static_cast<double>(hour_end - at);
      return std::min(hour_end, at + static_cast<Minute>(std::ceil(span * left / here)));
    }
    left -= here;
    at = hour_end;
  }
  return at;
}

}  // namespace commonwatch::health
