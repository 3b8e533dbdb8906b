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
  keep(message.published_counts(), content.published_counts);
  keep(message.published_alerts(), content.published_alerts);
  keep(message.banded_health(), content.banded_health);
}

void remove(const std::string& id, TileContent& content) {
  content.hotspots.erase(id);
  content.alerts.erase(id);
  content.places.erase(id);
  content.sources.erase(id);
  content.comparisons.erase(id);
  content.proposals.erase(id);
  content.published_counts.erase(id);
  content.published_alerts.erase(id);
  content.banded_health.erase(id);
}

auto rank(const v1::Hotspot& hotspot) {
  return std::tuple(-static_cast<int>(hotspot.severity()), -hotspot.score_nats(),
                    -static_cast<std::int64_t>(hotspot.count()));
}

auto rank(const v1::PublishedCount& count) {
  return std::tuple(-count.period_start().seconds(), -static_cast<std::int64_t>(count.persons()));
}

bool is_troubled(v1::HealthState state) {
  return state == v1::HEALTH_STATE_SILENT || state == v1::HEALTH_STATE_LATE;
}

template <class Source>
void put_silent_first(std::vector<const Source*>& sources) {
  std::ranges::stable_sort(sources, [](const Source* a, const Source* b) {
    return a->state() == v1::HEALTH_STATE_SILENT && b->state() != v1::HEALTH_STATE_SILENT;
  });
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
  } else if (message.has_progress() && message.progress().has_position()) {
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
      if (is_troubled(source.state())) sources.push_back(&source);
    }
  }
  put_silent_first(sources);
  return sources;
}

bool HotspotState::is_of_figures() const {
  return std::ranges::any_of(tiles_, [](const auto& tile) {
    return !tile.second.published_counts.empty() || !tile.second.banded_health.empty();
  });
}

std::vector<const v1::PublishedCount*> HotspotState::published_counts() const {
  std::vector<const v1::PublishedCount*> counts;
  for (const auto& [tile, content] : tiles_) {
    for (const auto& [id, count] : content.published_counts) counts.push_back(&count);
  }
  std::ranges::sort(counts, [](const v1::PublishedCount* a, const v1::PublishedCount* b) {
    return rank(*a) != rank(*b) ? rank(*a) < rank(*b) : a->id() < b->id();
  });
  return counts;
}

const v1::PublishedAlert* HotspotState::published_alert(const std::string& figure) const {
  for (const auto& [tile, content] : tiles_) {
    const auto found = content.published_alerts.find("alert:" + figure);
    if (found != content.published_alerts.end()) return &found->second;
  }
  return nullptr;
}

std::vector<const v1::BandedHealth*> HotspotState::troubled_health() const {
  std::vector<const v1::BandedHealth*> sources;
  for (const auto& [tile, content] : tiles_) {
    for (const auto& [id, source] : content.banded_health) {
      if (is_troubled(source.state())) sources.push_back(&source);
    }
  }
  put_silent_first(sources);
  return sources;
}

void HotspotState::clear() {
  tiles_.clear();
  position_.reset();
  snapshot_version_ = 0;
}

}  // namespace commonwatch::client
