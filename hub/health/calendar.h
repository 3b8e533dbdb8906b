// Recorded time cut into minutes, hours and days of UTC. Pure.
#pragma once

#include <cstdint>
#include <limits>

#include "hub/base/time.h"

namespace commonwatch::health {

// Since 1970-01-01 UTC.
using Minute = std::int64_t;

inline constexpr Minute kMinutesPerHour = 60;
inline constexpr Minute kMinutesPerDay = 1440;
inline constexpr Minute kMinutesPerWeek = 10'080;
inline constexpr int kHoursPerDay = 24;
inline constexpr int kHoursPerWeek = 168;
// Lies behind every time that can be written, and is one itself.
inline constexpr Minute kNever =
    std::numeric_limits<std::int64_t>::max() / 60'000'000 - kMinutesPerWeek;

// Rounds down, before 1970 too.
inline constexpr std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}
inline constexpr Minute minute_of(Instant instant) {
  return floor_divide(to_micros(instant), 60'000'000);
}
inline constexpr Instant instant_of(Minute minute) {
  return instant_from_micros(minute * 60'000'000);
}
inline constexpr std::int32_t day_of(Minute minute) {
  return static_cast<std::int32_t>(floor_divide(minute, kMinutesPerDay));
}
inline constexpr Minute start_of(std::int32_t day) { return day * kMinutesPerDay; }

}  // namespace commonwatch::health
