// What an audience is shown, as values: hotspots, places, alerts, the health of sources, by tile;
// or, where small counts are suppressed, published figures in their place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/cell.h"
#include "hub/model/comparison.h"
#include "hub/model/ids.h"
#include "hub/model/place.h"
#include "hub/model/publication.h"
#include "hub/model/source_health.h"
#include "hub/model/zone.h"

namespace commonwatch::model {

// Everything that travels in one tile. Each list is in order of id; the ids of the lists differ
// from each other. Alerts, sources, comparisons, proposals, bands of health, the hotspots of areas
// and the figures of zones that are larger than a tile are in tile 0.
struct TileContent {
  std::vector<Hotspot> hotspots;
  std::vector<Alert> alerts;
  std::vector<Place> places;
  std::vector<SourceHealth> sources;
  std::vector<Comparison> comparisons;
  std::vector<Proposal> proposals;
  std::vector<PublishedCount> published_counts;
  std::vector<PublishedAlert> published_alerts;
  std::vector<BandedHealth> banded_health;

  bool is_empty() const;
};

// The same lists, referring to what somebody else holds.
struct TileView {
  std::vector<const Hotspot*> hotspots;
  std::vector<const Alert*> alerts;
  std::vector<const Place*> places;
  std::vector<const SourceHealth*> sources;
  std::vector<const Comparison*> comparisons;
  std::vector<const Proposal*> proposals;
  std::vector<const PublishedCount*> published_counts;
  std::vector<const PublishedAlert*> published_alerts;
  std::vector<const BandedHealth*> banded_health;
};

// What changed in one tile at one tick.
struct TileDelta {
  Tile tile;
  Version version;
  Version previous;  // when this tile changed before; 0: never
  Instant as_of{};
  TileContent changed;               // whole
  std::vector<std::string> removed;  // ids, in order
};

// Everything in one tile, as of its last change.
struct TileState {
  Tile tile;
  Version version;
  Instant as_of{};
  TileContent content;
};

// What leads from one content to another. Empty `changed` and `removed`: they are equal.
TileDelta difference(const TileContent& before, const TileView& after);
// What a reader of the delta holds then.
void apply(const TileDelta& delta, TileContent& content);

}  // namespace commonwatch::model
