#include "clients/cpp/hotspot_state.h"

#include <algorithm>
#include <tuple>

namespace commonwatch::client {

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
    for (const auto& hotspot : message.tile().hotspots()) content.hotspots[hotspot.id()] = hotspot;
    for (const auto& alert : message.tile().alerts()) content.alerts[alert.id()] = alert;
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
  for (const auto& hotspot : delta.changed()) content.hotspots[hotspot.id()] = hotspot;
  for (const auto& id : delta.removed()) content.hotspots.erase(id);
  for (const auto& alert : delta.alerts()) content.alerts[alert.id()] = alert;
  return std::nullopt;
}

std::vector<const v1::Hotspot*> HotspotState::ranked() const {
  std::vector<const v1::Hotspot*> hotspots;
  for (const auto& [tile, content] : tiles_) {
    for (const auto& [id, hotspot] : content.hotspots) hotspots.push_back(&hotspot);
  }
  std::ranges::sort(hotspots, [](const v1::Hotspot* a, const v1::Hotspot* b) {
    const auto rank = [](const v1::Hotspot* hotspot) {
      return std::tuple(-static_cast<int>(hotspot->severity()), -hotspot->score(),
                        -static_cast<std::int64_t>(hotspot->count()));
    };
    return rank(a) != rank(b) ? rank(a) < rank(b) : a->id() < b->id();
  });
  return hotspots;
}

void HotspotState::clear() {
  tiles_.clear();
  position_.reset();
  snapshot_version_ = 0;
}

}  // namespace commonwatch::client
