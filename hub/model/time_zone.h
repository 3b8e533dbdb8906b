// Local time of a jurisdiction, from the system's time-zone database (tzdata).
#pragma once

#include <cstdint>
#include <string>

#include "hub/base/error.h"

namespace commonwatch::model {

inline constexpr int kHoursOfWeek = 168;

// Copies share nothing; not thread-safe, because the last look-up is remembered.
class TimeZone {
 public:
  // UTC.
  TimeZone() = default;
  // `America/New_York`. kInvalidRequest: no such zone on this machine.
  static Result<TimeZone> load(const std::string& name);

  const std::string& name() const { return name_; }
  // All of whole hours since 1970-01-01 UTC. An hour that is cut by a half-hour offset belongs to
  // the local hour in which it begins.
  std::int64_t local_hour(std::int64_t utc_hour) const;
  // 0 to 167; 0 is Monday, midnight to one.
  int hour_of_week(std::int64_t utc_hour) const;
  // Local days since 1970-01-01.
  std::int64_t local_day(std::int64_t utc_hour) const;

 private:
  std::string name_ = "UTC";
  // Of the span that holds the last look-up: there the offset does not change.
  mutable std::int64_t from_ = 0;  // UTC hours
  mutable std::int64_t to_ = 0;    // not included
  mutable std::int64_t offset_seconds_ = 0;
};

// `2016-03-11` for local days since 1970-01-01.
std::string day_text(std::int64_t day);

}  // namespace commonwatch::model
