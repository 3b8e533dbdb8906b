// The event: one report from a source, as proto/commonwatch/v1/event.proto states it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/base/time.h"

namespace commonwatch::model {

// The enumerations have the numbers of event.proto; 0 is "not stated".
enum class LocationKind : std::uint8_t { kUnspecified, kScene, kArea, kFacility };
enum class Certainty : std::uint8_t { kUnspecified, kSuspected, kProbable, kConfirmed };
enum class Outcome : std::uint8_t { kUnspecified, kNonfatal, kFatal };
enum class EventKind : std::uint8_t { kUnspecified, kOverdose, kAreaCount, kRetraction };

struct Location {
  double latitude = 0;   // degrees WGS 84
  double longitude = 0;  // degrees WGS 84
  float accuracy_m = 0;  // 0: not stated
  LocationKind kind = LocationKind::kUnspecified;
  std::string area_code;
};

struct Administration {
  std::uint8_t medication = 0;
  float dose_mg = 0;
  std::uint8_t route = 0;
  std::uint8_t giver = 0;
  std::uint8_t response = 0;
};

struct Person {
  std::uint8_t age_band = 0;
  std::uint8_t sex = 0;
  Outcome outcome = Outcome::kUnspecified;
  std::vector<Administration> administrations;
};

struct Overdose {
  Certainty certainty = Certainty::kUnspecified;
  Outcome outcome = Outcome::kUnspecified;
  std::vector<Person> persons;
  std::vector<std::uint8_t> substances;
  std::uint8_t place = 0;
  std::uint8_t transport = 0;
  std::string match_key;
  std::uint32_t match_key_version = 0;

  // Persons to count: at least one.
  std::uint32_t person_count() const {
    return persons.empty() ? 1U : static_cast<std::uint32_t>(persons.size());
  }
  // Of them, how many died.
  std::uint32_t fatal_count() const;
};

struct AreaCount {
  std::uint32_t incidents = 0;
  Instant span_start{};
};

struct Retraction {
  std::uint8_t reason = 0;
};

struct Event {
  std::string record_id;
  std::uint32_t revision = 0;
  bool has_occurred_at = false;
  Instant occurred_at{};
  bool has_location = false;
  Location location;
  std::variant<std::monostate, Overdose, AreaCount, Retraction> report;

  EventKind kind() const { return static_cast<EventKind>(report.index()); }
};

// Every rule of event.proto that its types do not state. `now` is the hub's wall clock: an event
// may not have occurred later than `limits.future_ms_max` after it. The error names the field.
Result<void> validate(const Event& event, const Limits& limits, Instant now);

}  // namespace commonwatch::model
