// Time in the hub: microseconds since 1970-01-01 UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace commonwatch {

using Duration = std::chrono::microseconds;
using Instant = std::chrono::sys_time<Duration>;

inline constexpr Instant instant_from_micros(std::int64_t micros) {
  return Instant(Duration(micros));
}
inline constexpr std::int64_t to_micros(Instant instant) {
  return instant.time_since_epoch().count();
}

// RFC 3339 in UTC, with as many digits of the second as are needed: `2016-03-11T09:09:00Z`.
std::string to_rfc3339(Instant instant);

// Reads RFC 3339, with `Z` or a numeric offset, of the years 1 to 9999 in UTC; nothing if it is
// anything else.
std::optional<Instant> parse_rfc3339(std::string_view text);

}  // namespace commonwatch
