// How tests look at what an engine shows.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <ostream>
#include <vector>

#include "hub/hotspot/engine.h"

namespace commonwatch::model {

inline std::ostream& operator<<(std::ostream& out, const Hotspot& h) {
  return out << h.id << " W" << h.window_hours << " count " << h.count << " fatal " << h.fatal
             << " expected " << h.expected << " score " << h.score << " severity "
             << int(h.severity) << " last " << to_rfc3339(h.last_occurred) << " exposure "
             << h.exposure_days;
}

inline bool operator==(const TileDelta& a, const TileDelta& b) {
  return a.tile == b.tile && a.version == b.version && a.previous == b.previous &&
         a.as_of == b.as_of && a.changed == b.changed && a.removed == b.removed;
}
inline bool operator==(const TileState& a, const TileState& b) {
  return a.tile == b.tile && a.version == b.version && a.as_of == b.as_of &&
         a.hotspots == b.hotspots;
}

}  // namespace commonwatch::model

namespace commonwatch::hotspot::test {

// In order of id.
inline std::vector<model::Hotspot> shown(const Engine& engine) {
  std::vector<model::Hotspot> all;
  for (const model::TileState& tile : engine.tiles()) {
    all.insert(all.end(), tile.hotspots.begin(), tile.hotspots.end());
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

// What a subscriber that was there from the beginning holds.
class Subscriber {
 public:
  void receive(const std::vector<model::TileDelta>& deltas) {
    for (const model::TileDelta& delta : deltas) {
      model::TileState& tile = tiles_[delta.tile];
      REQUIRE(delta.previous == tile.version);
      std::map<std::string, model::Hotspot> by_id;
      for (const model::Hotspot& hotspot : tile.hotspots) by_id[hotspot.id] = hotspot;
      for (const std::string& id : delta.removed) REQUIRE(by_id.erase(id) == 1);
      for (const model::Hotspot& hotspot : delta.changed) by_id[hotspot.id] = hotspot;
      tile = model::TileState{delta.tile, delta.version, delta.as_of, {}};
      for (const auto& [id, hotspot] : by_id) tile.hotspots.push_back(hotspot);
    }
  }
  std::vector<model::TileState> tiles() const {
    std::vector<model::TileState> held;
    for (const auto& [id, tile] : tiles_) {
      if (!tile.hotspots.empty()) held.push_back(tile);
    }
    return held;
  }

 private:
  std::map<model::Tile, model::TileState> tiles_;
};

}  // namespace commonwatch::hotspot::test
