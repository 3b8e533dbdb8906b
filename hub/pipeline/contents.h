// What is to be shown, by tile. Most of it lies where it was made, and is only referred to: of all
// that an audience is shown little changes at a tick.
#pragma once

#include <map>
#include <vector>

#include "hub/model/hotspot.h"

namespace commonwatch::pipeline {

struct Contents {
  // Refers to `made`, and to the parts of the layer that gave it; valid until that takes something
  // in or advances.
  std::map<model::Tile, model::TileView> tiles;
  std::map<model::Tile, model::TileContent> made;
};

template <class Item>
void refer(const std::vector<Item>& items, std::vector<const Item*>& to) {
  to.reserve(to.size() + items.size());
  for (const Item& item : items) to.push_back(&item);
}

}  // namespace commonwatch::pipeline
