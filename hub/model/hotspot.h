// What an audience is shown, as values: hotspots, by tile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/ids.h"

namespace commonwatch::model {

// The numbers of hotspot.proto.
enum class ZoneKind : std::uint8_t { kUnspecified, kCell, kBlock, kArea, kFacility };
enum class Severity : std::uint8_t { kUnspecified, kNote, kWatch, kAlert };

struct Zone {
  ZoneKind kind = ZoneKind::kCell;
  Cell cell;         // the cell, or the middle cell of a block
  std::string name;  // of an area or facility
  friend bool operator==(const Zone&, const Zone&) = default;
};

// A zone and window beyond expectation, with its evidence. Two hotspots that compare equal are
// encoded to the same bytes.
struct Hotspot {
  std::string id;  // names the zone
  Zone zone;
  LatLng center;  // rounded to 1e-6 degrees
  std::uint32_t window_hours = 0;
  std::uint32_t count = 0;  // persons in the window
  std::uint32_t fatal = 0;  // of them
  double expected = 0;      // persons, rounded to 0.001
  double score = 0;         // -log10 of the tail probability, rounded to 0.001
  Severity severity = Severity::kNote;
  Instant last_occurred{};  // to the second
  std::uint32_t exposure_days = 0;
  bool provisional = true;
};

bool operator==(const Hotspot& a, const Hotspot& b);

// What changed in one tile at one tick.
struct TileDelta {
  Tile tile;
  Version version;
  Version previous;  // when this tile changed before; 0: never
  Instant as_of{};
  std::vector<Hotspot> changed;      // whole, in order of id
  std::vector<std::string> removed;  // in order
};

// Everything in one tile, as of its last change.
struct TileState {
  Tile tile;
  Version version;
  Instant as_of{};
  std::vector<Hotspot> hotspots;  // in order of id
};

}  // namespace commonwatch::model
