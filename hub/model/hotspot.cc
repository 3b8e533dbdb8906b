#include "hub/model/hotspot.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace commonwatch::model {
namespace {

auto fields(const Hotspot& h) {
  return std::tie(h.id, h.zone, h.center, h.window_hours, h.count, h.fatal, h.expected, h.score,
                  h.interval_days, h.severity, h.last_occurred, h.exposure_days, h.provisional);
}

auto fields(const Alert& a) {
  return std::tie(a.id, a.version, a.state, a.assessment, a.jurisdiction, a.hotspot, a.evidence,
                  a.peak, a.opened, a.changed, a.closed, a.found_late, a.asks, a.merged_into,
                  a.merged, a.acknowledgements);
}

template <class Item>
const std::string& id_of(const Item& item) {
  return item.id;
}
std::string id_of(const PublishedCount& count) { return published_count_id(count); }
std::string id_of(const PublishedAlert& alert) { return published_alert_id(alert); }
std::string id_of(const BandedHealth& health) { return banded_health_id(health); }

// Both lists are in order of id.
template <class Item>
void compare(const std::vector<Item>& before, const std::vector<const Item*>& after,
             std::vector<Item>& changed, std::vector<std::string>& removed) {
  auto was = before.begin();
  for (const Item* item : after) {
    // Mostly nothing changed.
    if (was != before.end() && *was == *item) {
      ++was;
      continue;
    }
    const std::string& id = id_of(*item);
    while (was != before.end() && id_of(*was) < id) removed.push_back(id_of(*was++));
    changed.push_back(*item);
    if (was != before.end() && id_of(*was) == id) ++was;
  }
  for (; was != before.end(); ++was) removed.push_back(id_of(*was));
}

template <class Item>
void replace(const std::vector<Item>& changed, const std::vector<std::string>& removed,
             std::vector<Item>& items) {
  std::erase_if(items, [&](const Item& item) {
    return std::binary_search(removed.begin(), removed.end(), id_of(item));
  });
  for (const Item& item : changed) {
    const auto at =
        std::lower_bound(items.begin(), items.end(), item,
                         [](const Item& a, const Item& b) { return id_of(a) < id_of(b); });
    if (at != items.end() && id_of(*at) == id_of(item)) {
      *at = item;
    } else {
      items.insert(at, item);
    }
  }
}

}  // namespace

bool operator==(const Hotspot& a, const Hotspot& b) { return fields(a) == fields(b); }
bool operator==(const Alert& a, const Alert& b) { return fields(a) == fields(b); }

bool TileContent::is_empty() const {
  return hotspots.empty() && alerts.empty() && places.empty() && sources.empty() &&
         comparisons.empty() && proposals.empty() && published_counts.empty() &&
         published_alerts.empty() && banded_health.empty();
}

TileDelta difference(const TileContent& before, const TileView& after) {
  TileDelta delta;
  auto& [tile, version, previous, as_of, changed, removed] = delta;
  compare(before.hotspots, after.hotspots, changed.hotspots, removed);
  compare(before.alerts, after.alerts, changed.alerts, removed);
  compare(before.places, after.places, changed.places, removed);
  compare(before.sources, after.sources, changed.sources, removed);
  compare(before.comparisons, after.comparisons, changed.comparisons, removed);
  compare(before.proposals, after.proposals, changed.proposals, removed);
  compare(before.published_counts, after.published_counts, changed.published_counts, removed);
  compare(before.published_alerts, after.published_alerts, changed.published_alerts, removed);
  compare(before.banded_health, after.banded_health, changed.banded_health, removed);
  std::sort(removed.begin(), removed.end());
  return delta;
}

void apply(const TileDelta& delta, TileContent& content) {
  replace(delta.changed.hotspots, delta.removed, content.hotspots);
  replace(delta.changed.alerts, delta.removed, content.alerts);
  replace(delta.changed.places, delta.removed, content.places);
  replace(delta.changed.sources, delta.removed, content.sources);
  replace(delta.changed.comparisons, delta.removed, content.comparisons);
  replace(delta.changed.proposals, delta.removed, content.proposals);
  replace(delta.changed.published_counts, delta.removed, content.published_counts);
  replace(delta.changed.published_alerts, delta.removed, content.published_alerts);
  replace(delta.changed.banded_health, delta.removed, content.banded_health);
}

}  // namespace commonwatch::model
