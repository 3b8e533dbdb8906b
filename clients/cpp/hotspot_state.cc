#include "clients/cpp/hotspot_state.h"

#include <algorithm>
#include <tuple>

namespace commonwatch::client {
namespace {

template <class Item, class Items>
void keep(const Items& items, std::map<std::string, Item>& kept) {
  for (const auto& item : items) kept[item.id()] = item;
}

// Of a tile or a delta: what they call alike.
template <class Message>
void keep_lists(const Message& message, TileContent& content) {
  keep(message.alerts(), content.alerts);
  keep(message.places(), content.places);
  keep(message.sources(), content.sources);
  keep(message.comparisons(), content.comparisons);
  keep(message.proposals(), content.proposals);
}

void remove(const std::string& id, TileContent& content) {
  content.hotspots.erase(id);
  content.alerts.erase(id);
  content.places.erase(id);
  content.sources.erase(id);
  content.comparisons.erase(id);
  content.proposals.erase(id);
}

auto rank(const v1::Hotspot& hotspot) {
  return std::tuple(-static_cast<int>(hotspot.severity()), -hotspot.score_nats(),
                    -static_cast<std::int64_t>(hotspot.count()));
}

}  // namespace

std::optional<MissedDelta> HotspotState::apply(const v1::ServerMessage& message) {
  if (message.has_snapshot()) {
    tiles_.clear();
    position_.reset();
    snapshot_version_ = message.snapshot().position().version();
    as_of_ = message.snapshot().as_of();
  } else if (message.has_tile()) {
    auto& content = tiles_[message.tile().tile()];
    content = TileContent{};
    content.version = message.tile().version();
    keep(message.tile().hotspots(), content.hotspots);
    keep_lists(message.tile(), content);
  } else if (message.has_delta()) {
    return apply_delta(message.delta());
  } else if (message.has_progress()) {
    position_ = message.progress().position();
    as_of_ = message.progress().as_of();
  }
  return std::nullopt;
}

std::optional<MissedDelta> HotspotState::apply_delta(const v1::Delta& delta) {
  auto& content = tiles_[delta.tile()];
  const auto whole = position_ ? position_->version() : snapshot_version_;
  const auto held = std::max(content.version, whole);
  if (delta.previous() > held) return MissedDelta{delta.tile(), held, delta.previous()};
  content.version = delta.version();
  for (const auto& id : delta.removed()) remove(id, content);
  keep(delta.changed(), content.hotspots);
  keep_lists(delta, content);
  return std::nullopt;
}

std::vector<const v1::Hotspot*> HotspotState::ranked() const {
  std::vector<const v1::Hotspot*> hotspots;
  for (const auto& [tile, content] : tiles_) {
    for (const auto& [id, hotspot] : content.hotspots) hotspots.push_back(&hotspot);
  }
  std::ranges::sort(hotspots, [](const v1::Hotspot* a, const v1::Hotspot* b) {
    return rank(*a) != rank(*b) ? rank(*a) < rank(*b) : a->id() < b->id();
  });
  return hotspots;
}

std::vector<const v1::Alert*> HotspotState::open_alerts() const {
  std::vector<const v1::Alert*> alerts;
  for (const auto& [tile, content] : tiles_) {
    for (const auto& [id, alert] : content.alerts) {
      if (alert.state() == v1::ALERT_STATE_OPEN) alerts.push_back(&alert);
    }
  }
  std::ranges::stable_sort(alerts, [](const v1::Alert* a, const v1::Alert* b) {
    return std::tuple(!a->asks(), rank(a->hotspot())) < std::tuple(!b->asks(), rank(b->hotspot()));
  });
  return alerts;
}

std::vector<const v1::SourceHealth*> HotspotState::troubled_sources() const {
  std::vector<const v1::SourceHealth*> sources;
  for (const auto& [tile, content] : tiles_) {
    for (const auto& [id, source] : content.sources) {
      const bool is_troubled = source.state() == v1::HEALTH_STATE_SILENT ||
                               source.state() == v1::HEALTH_STATE_LATE;
      if (is_troubled) sources.push_back(&source);
    }
  }
  std::ranges::stable_sort(sources, [](const v1::SourceHealth* a, const v1::SourceHealth* b) {
    return a->state() == v1::HEALTH_STATE_SILENT && b->state() != v1::HEALTH_STATE_SILENT;
  });
  return sources;
}

void HotspotState::clear() {
  tiles_.clear();
  position_.reset();
  snapshot_version_ = 0;
}

}  // namespace commonwatch::client
