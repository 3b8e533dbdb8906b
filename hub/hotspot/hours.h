// Occurred time as it is counted: whole seconds, hours and days since 1970-01-01 UTC.
#pragma once

#include <chrono>
#include <cstdint>

#include "hub/base/time.h"

namespace commonwatch::hotspot {

using Hour = std::int64_t;
using Day = std::int64_t;

inline constexpr Hour kHoursOfDay = 24;

inline Hour hour_of(Instant instant) {
  return std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count();
}
inline Instant start_of(Hour hour) { return Instant(std::chrono::hours(hour)); }
inline std::uint32_t second_in_hour(Instant instant) {
  const auto hour = std::chrono::floor<std::chrono::hours>(instant);
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(instant - hour).count());
}
inline Day day_of(Hour hour) {
  return hour / kHoursOfDay - (hour % kHoursOfDay < 0 ? 1 : 0);
}

// What a tick may say: 1970 to about 2900, so that nothing overflows.
inline bool is_tick_time(Instant as_of) {
  constexpr Hour kHoursMax = 930 * 366 * kHoursOfDay;
  return as_of >= Instant{} && hour_of(as_of) < kHoursMax;
}

}  // namespace commonwatch::hotspot
