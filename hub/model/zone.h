// What is counted over, and a zone beyond expectation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/cell.h"

namespace commonwatch::model {

// The numbers of hotspot.proto.
enum class ZoneKind : std::uint8_t { kUnspecified, kCell, kBlock, kArea, kFacility };
enum class Severity : std::uint8_t { kUnspecified, kNote, kWatch, kAlert };

struct Zone {
  ZoneKind kind = ZoneKind::kCell;
  Cell cell;         // the cell, or the middle cell of a block
  std::string name;  // of an area or facility
  friend auto operator<=>(const Zone&, const Zone&) = default;
};

// `89c6961c` for a cell, `89c6961c-3x3` for a block, `area:Norristown`, `facility:County jail`.
std::string zone_id(const Zone& zone);
// The middle of a cell or block, rounded to 1e-6 degrees.
LatLng zone_center(const Zone& zone);
// Whether two cells or blocks share ground; an area or facility touches only itself.
bool touch(const Zone& a, const Zone& b);
// How much ground a cell or block covers, in cells of level 20; a cell of level L is 4^(20-L).
double zone_size(const Zone& zone);

// Recurrence intervals are given up to here; what is rarer is "over 10 years".
inline constexpr double kIntervalDaysMax = 3650;

// A zone and window beyond expectation. Two hotspots that compare equal are encoded to the same
// bytes.
struct Hotspot {
  std::string id;  // zone_id
  Zone zone;
  LatLng center;  // rounded to 1e-6 degrees
  std::uint32_t window_hours = 0;
  std::uint32_t count = 0;  // persons in the window
  std::uint32_t fatal = 0;  // of them
  double expected = 0;      // persons, rounded to 0.001
  double score = 0;         // log-likelihood ratio, nats, rounded to 0.001
  double interval_days = 0;  // once in so many days by chance, rounded to 0.5; kIntervalDaysMax: or rarer
  Severity severity = Severity::kNote;
  Instant last_occurred{};  // to the second
  std::uint32_t exposure_days = 0;
  bool provisional = true;
};

bool operator==(const Hotspot& a, const Hotspot& b);

}  // namespace commonwatch::model
