// How well a source, or a group of small sources, delivers: from the log alone.
#pragma once

#include <cstdint>
#include <string>

#include "hub/base/time.h"

namespace commonwatch::model {

enum class HealthState : std::uint8_t { kUnspecified, kStarting, kOnTime, kLate, kSilent };

struct SourceHealth {
  std::string id;      // `source:` and the name
  std::string name;    // `partner/source`, or the partner for a group
  HealthState state = HealthState::kUnspecified;
  Instant last_received{};   // recorded time of the last event
  Instant last_occurred{};   // the latest occurred time received
  Instant watermark{};       // occurred time up to which 99 % is believed received
  std::uint32_t received = 0;  // events of the present hour of recorded time and the 23 before it
  double expected = 0;         // usual in these 24 hours of the week; rounded to 0.1
  std::uint32_t delay_median_s = 0;  // recorded minus occurred, seconds
  std::uint32_t delay_p90_s = 0;
  friend bool operator==(const SourceHealth&, const SourceHealth&) = default;
};

}  // namespace commonwatch::model
