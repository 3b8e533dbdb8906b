// Occurred time as it is counted: whole seconds and whole hours since 1970-01-01 UTC.
#pragma once

#include <chrono>
#include <cstdint>

#include "hub/base/time.h"

namespace commonwatch::hotspot {

using Second = std::int64_t;
using Hour = std::int64_t;

inline constexpr Hour kHoursOfDay = 24;
inline constexpr Second kSecondsOfHour = 3600;

inline Second second_of(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}
inline Hour hour_of(Instant instant) {
  return std::chrono::floor<std::chrono::hours>(instant).time_since_epoch().count();
}
inline Second start_of(Hour hour) { return hour * kSecondsOfHour; }
inline Instant instant_of_second(Second second) { return Instant(std::chrono::seconds(second)); }

// What a tick may say: 1970 to about 2900. Hours fit into 32 bits, and nothing overflows.
inline bool is_tick_time(Instant as_of) {
  constexpr Hour kHoursMax = 930 * 366 * kHoursOfDay;
  return as_of >= Instant{} && hour_of(as_of) < kHoursMax;
}

}  // namespace commonwatch::hotspot
