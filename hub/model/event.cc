#include "hub/model/event.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::model {
namespace {

constexpr std::size_t kRecordIdBytesMax = 128;
constexpr std::size_t kAreaCodeBytesMax = 32;
constexpr std::size_t kMatchKeyBytesMax = 64;
constexpr std::size_t kPersonsMax = 64;
constexpr std::size_t kAdministrationsMax = 32;
constexpr std::size_t kSubstancesMax = 16;
constexpr float kAccuracyMetresMax = 100'000;
constexpr float kDoseMilligramsMax = 1'000;
constexpr std::uint32_t kAreaIncidentsMax = 1'000'000;
constexpr auto kAreaSpanMax = std::chrono::days(400);
constexpr auto kEarliest = Instant(std::chrono::sys_days(std::chrono::year(1990) / 1 / 1));

Error out_of_range(const char* field, const std::string& allowed) {
  return make_error(ErrorCode::kOutOfRange,
                    std::string(field) + " must be " + allowed + "; correct it and send it as a new event",
                    field);
}

Error missing(const char* field) {
  return make_error(ErrorCode::kFieldMissing,
                    std::string(field) + " is required; add it and send it as a new event", field);
}

// NaN fails every comparison, so that it is out of every range.
bool within(double value, double low, double high) { return value >= low && value <= high; }

Result<void> validate_location(const Location& location) {
  if (!within(location.latitude, -90, 90)) {
    return out_of_range("location.latitude", "a number from -90 to 90 degrees");
  }
  if (!within(location.longitude, -180, 180)) {
    return out_of_range("location.longitude", "a number from -180 to 180 degrees");
  }
  if (!within(location.accuracy_m, 0, kAccuracyMetresMax)) {
    return out_of_range("location.accuracy_m", "a number from 0 to 100000 metres");
  }
  if (location.area_code.size() > kAreaCodeBytesMax) {
    return out_of_range("location.area_code", "at most 32 bytes");
  }
  return {};
}

Result<void> validate_report(const Overdose& overdose) {
  if (overdose.persons.size() > kPersonsMax) {
    return out_of_range("overdose.persons", "at most 64");
  }
  if (overdose.substances.size() > kSubstancesMax) {
    return out_of_range("overdose.substances", "at most 16");
  }
  if (overdose.match_key.size() > kMatchKeyBytesMax) {
    return out_of_range("overdose.match_key", "at most 64 bytes");
  }
  for (const Person& person : overdose.persons) {
    if (person.administrations.size() > kAdministrationsMax) {
      return out_of_range("overdose.persons.administrations", "at most 32");
    }
    for (const Administration& administration : person.administrations) {
      if (!within(administration.dose_mg, 0, kDoseMilligramsMax)) {
        return out_of_range("overdose.persons.administrations.dose_mg",
                            "a number from 0 to 1000 milligrams");
      }
    }
  }
  return {};
}

Result<void> validate_count(const AreaCount& count, Instant end) {
  if (count.incidents > kAreaIncidentsMax) {
    return out_of_range("area_count.incidents", "at most 1000000");
  }
  if (count.span_start >= end || end - count.span_start > kAreaSpanMax) {
    return out_of_range("area_count.span_start", "before occurred_at by at most 400 days");
  }
  return {};
}

Result<void> validate_time(Instant occurred, const Limits& limits, Instant now) {
  if (occurred < kEarliest) return out_of_range("occurred_at", "in 1990 or later");
  if (occurred > now + std::chrono::milliseconds(limits.future_ms_max)) {
    return make_error(ErrorCode::kTimeInFuture,
                      "occurred_at " + to_rfc3339(occurred) + " lies too far ahead of the hub's clock " +
                          to_rfc3339(now) + "; check the sender's clock and time zone",
                      "occurred_at");
  }
  return {};
}

}  // namespace

std::uint32_t Overdose::fatal_count() const {
  const auto fatal = static_cast<std::uint32_t>(std::count_if(
      persons.begin(), persons.end(),
      [](const Person& person) { return person.outcome == Outcome::kFatal; }));
  return outcome == Outcome::kFatal ? std::max(fatal, 1U) : fatal;
}

Result<void> validate(const Event& event, const Limits& limits, Instant now) {
  if (event.record_id.empty()) return missing("record_id");
  if (event.record_id.size() > kRecordIdBytesMax) {
    return out_of_range("record_id", "at most 128 bytes");
  }
  if (!event.has_occurred_at) return missing("occurred_at");
  if (auto time = validate_time(event.occurred_at, limits, now); !time) return time;
  const EventKind kind = event.kind();
  if (kind == EventKind::kUnspecified) return missing("report");
  if (!event.has_location && kind != EventKind::kRetraction) return missing("location");
  if (event.has_location) {
    if (auto location = validate_location(event.location); !location) return location;
  }
  if (kind == EventKind::kOverdose) return validate_report(std::get<Overdose>(event.report));
  if (kind == EventKind::kAreaCount) {
    return validate_count(std::get<AreaCount>(event.report), event.occurred_at);
  }
  return {};
}

}  // namespace commonwatch::model
