// What is shown, by tile, and how it changes. Not thread-safe.
//
// Each place is shown once. Hotspots are taken by rank (the higher score first; of equal scores
// the finer cell, then the lower cell id), and one is shown unless its cell overlaps one that is
// shown already. So a burst is drawn as the cell that fits it best, and a second burst under the
// same coarse cell keeps its own.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/hotspot.h"

namespace commonwatch::hotspot {

class Publication {
 public:
  // `levels`: those of the cells, rising.
  explicit Publication(std::vector<int> levels) : levels_(std::move(levels)) {}

  // The cell's hotspot, shown or not; nothing: it has none.
  void set(model::Cell cell, std::optional<model::Hotspot> hotspot);
  // What changed since the last call, in order of tile.
  std::vector<model::TileDelta> publish(model::Version version, Instant as_of);

  // Every tile that was ever shown, also those that are empty now, in order.
  const std::map<model::Tile, model::TileState>& tiles() const { return tiles_; }
  // A tile as it was shown, from a checkpoint. The hotspots behind it must be set again.
  void restore(model::TileState tile);

  std::size_t bytes() const;

 private:
  using Candidates = std::map<model::Cell, model::Hotspot>;
  std::vector<model::Hotspot> select(const Candidates& candidates) const;

  std::vector<int> levels_;
  std::map<model::Tile, Candidates> candidates_;
  std::map<model::Tile, model::TileState> tiles_;
  std::vector<model::Tile> changed_;
};

}  // namespace commonwatch::hotspot
