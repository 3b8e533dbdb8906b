#include "hub/sharing/periods.h"

namespace commonwatch::sharing {
namespace {

constexpr std::int64_t kHoursPerDay = 24;
// No local day begins earlier than so many hours before it begins in UTC.
constexpr std::int64_t kAheadHours = 26;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}

}  // namespace

std::int64_t Periods::period_of(Instant occurred) const {
  const auto hour = std::chrono::floor<std::chrono::hours>(occurred).time_since_epoch().count();
  return floor_div(zone_.local_day(hour), days_);
}

Instant Periods::start(std::int64_t period) const {
  const std::int64_t day = period * days_;
  std::int64_t hour = day * kHoursPerDay - kAheadHours;
  while (zone_.local_day(hour) < day) ++hour;
  return Instant(std::chrono::hours(hour));
}

}  // namespace commonwatch::sharing
