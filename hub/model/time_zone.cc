#include "hub/model/time_zone.h"

#include <absl/time/time.h>

#include <chrono>
#include <cstdio>

namespace commonwatch::model {
namespace {

constexpr std::int64_t kSecondsOfHour = 3600;
constexpr std::int64_t kHoursOfDay = 24;
// How far one look-up is remembered at most, and the step in which a change of offset is looked
// for: changes happen on whole UTC hours in every zone that is in use.
constexpr std::int64_t kSpanHours = 24;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0) ? 1 : 0);
}

absl::TimeZone find_zone(const std::string& name, bool& found) {
  absl::TimeZone zone;
  found = absl::LoadTimeZone(name, &zone);
  return zone;
}

std::int64_t offset_at(const std::string& name, std::int64_t utc_hour) {
  bool found = false;
  const absl::TimeZone zone = find_zone(name, found);
  return zone.At(absl::FromUnixSeconds(utc_hour * kSecondsOfHour)).offset;
}

}  // namespace

Result<TimeZone> TimeZone::load(const std::string& name) {
  bool found = false;
  find_zone(name, found);
  if (!found) {
    return make_error(ErrorCode::kInvalidRequest,
                      "no time zone \"" + name + "\" in this machine's tzdata; write it as "
                      "America/New_York",
                      "time_zone");
  }
  TimeZone zone;
  zone.name_ = name;
  return zone;
}

std::int64_t TimeZone::local_hour(std::int64_t utc_hour) const {
  if (utc_hour < from_ || utc_hour >= to_) {
    from_ = floor_div(utc_hour, kSpanHours) * kSpanHours;
    to_ = from_ + kSpanHours;
    offset_seconds_ = offset_at(name_, from_);
    if (offset_at(name_, to_) != offset_seconds_) {
      // Changes on this day: remember the one hour only.
      from_ = utc_hour;
      to_ = utc_hour + 1;
      offset_seconds_ = offset_at(name_, utc_hour);
    }
  }
  return floor_div(utc_hour * kSecondsOfHour + offset_seconds_, kSecondsOfHour);
}

int TimeZone::hour_of_week(std::int64_t utc_hour) const {
  // 1970-01-01 was a Thursday.
  constexpr std::int64_t kThursday = 3 * kHoursOfDay;
  const std::int64_t hour = local_hour(utc_hour) + kThursday;
  return static_cast<int>(hour - floor_div(hour, kHoursOfWeek) * kHoursOfWeek);
}

std::int64_t TimeZone::local_day(std::int64_t utc_hour) const {
  return floor_div(local_hour(utc_hour), kHoursOfDay);
}

std::string day_text(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace commonwatch::model
