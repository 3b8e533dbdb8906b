// The readers' side.
#include <algorithm>

#include "hub/feed/state.h"

namespace commonwatch::feed {
namespace {

template <class Item>
void append(const std::vector<Item>& from, std::vector<Item>& to) {
  to.insert(to.end(), from.begin(), from.end());
}

constexpr std::size_t kSharedFramesMax = 256;

}  // namespace

bool TileSelection::contains(model::Tile tile) const {
  return everywhere || tile == model::Tile() ||
         std::binary_search(tiles.begin(), tiles.end(), tile);
}

Feed::State::State(RingLimits limits, FrameMaker maker) : maker_(std::move(maker)), ring_(limits) {}

bool Feed::State::is_ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

model::Position Feed::State::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
}

bool Feed::State::in_reach(const model::Position& held) const {
  return ready_ && held.epoch == position_.epoch && held.version >= ring_.start() &&
         held.version <= position_.version;
}

bool Feed::State::can_resume(const model::Position& held) const {
  const std::lock_guard lock(mutex_);
  return in_reach(held);
}

Delivery Feed::State::here(Delivery::Kind kind) const {
  return Delivery{kind, position_, as_of_, {}, progress_, false};
}

Delivery Feed::State::snapshot(const TileSelection& tiles) const {
  Delivery delivery = here(Delivery::Kind::kSnapshot);
  for (const auto& [id, tile] : tiles_) {
    if (tiles.contains(id)) delivery.frames.push_back(tile.frame);
  }
  return delivery;
}

Delivery Feed::State::deltas(model::Version held, const TileSelection& tiles,
                             std::size_t frames_max) const {
  Delivery delivery = here(Delivery::Kind::kDeltas);
  const Tick* last = nullptr;
  for (auto tick = ring_.after(held); tick != ring_.ticks().end(); ++tick) {
    const std::size_t before = delivery.frames.size();
    for (const TileFrame& frame : tick->frames) {
      if (!tiles.contains(frame.tile)) continue;
      const bool is_first = delivery.frames.size() == before;
      if (is_first && before > 0) delivery.frames.push_back(last->progress);
      delivery.frames.push_back(frame.frame);
    }
    if (delivery.frames.size() > frames_max && before > 0) {
      delivery.frames.resize(before);
      delivery.position.version = last->version;
      delivery.as_of = last->as_of;
      delivery.progress = last->progress;
      delivery.is_cut = true;
      break;
    }
    last = &*tick;
  }
  return delivery;
}

Delivery Feed::State::read(const std::optional<model::Position>& held, const TileSelection& tiles,
                           std::size_t frames_max) const {
  const std::lock_guard lock(mutex_);
  return read_here(held, tiles, frames_max);
}

SharedDelivery Feed::State::read_shared(const std::optional<model::Position>& held,
                                        const TileSelection& tiles) const {
  const std::lock_guard lock(mutex_);
  if (tiles.everywhere && shared_ && shared_from_ == held) return shared_;
  auto made = std::make_shared<const Delivery>(read_here(held, tiles, kSharedFramesMax));
  if (tiles.everywhere) {
    shared_from_ = held;
    shared_ = made;
  }
  return made;
}

Delivery Feed::State::read_here(const std::optional<model::Position>& held,
                                const TileSelection& tiles, std::size_t frames_max) const {
  if (!ready_) return {};
  if (!held || !in_reach(*held)) return snapshot(tiles);
  if (*held == position_) return here(Delivery::Kind::kNothing);
  return deltas(held->version, tiles, frames_max);
}

std::optional<std::vector<SharedFrame>> Feed::State::read_tiles(const model::Position& held,
                                                                const TileSelection& added) const {
  const std::lock_guard lock(mutex_);
  if (!ready_ || !(held == position_)) return std::nullopt;
  if (added.everywhere) return snapshot(added).frames;
  std::vector<SharedFrame> frames;
  for (const model::Tile id : added.tiles) {
    if (const auto tile = tiles_.find(id); tile != tiles_.end()) {
      frames.push_back(tile->second.frame);
    }
  }
  return frames;
}

std::vector<std::shared_ptr<const model::TileState>> Feed::State::states(Delivery& delivery) const {
  const std::lock_guard lock(mutex_);
  delivery = here(Delivery::Kind::kNothing);
  std::vector<std::shared_ptr<const model::TileState>> states;
  states.reserve(tiles_.size());
  for (const auto& [id, tile] : tiles_) states.push_back(tile.state);
  return states;
}

std::pair<Delivery, std::vector<model::Hotspot>> Feed::State::hotspots() const {
  Delivery delivery;
  std::vector<model::Hotspot> all;
  for (const auto& state : states(delivery)) append(state->content.hotspots, all);
  return {std::move(delivery), std::move(all)};
}

std::pair<Delivery, model::TileContent> Feed::State::content() const {
  Delivery delivery;
  model::TileContent all;
  for (const auto& state : states(delivery)) {
    append(state->content.hotspots, all.hotspots);
    append(state->content.alerts, all.alerts);
    append(state->content.places, all.places);
    append(state->content.sources, all.sources);
    append(state->content.comparisons, all.comparisons);
    append(state->content.proposals, all.proposals);
    append(state->content.published_counts, all.published_counts);
    append(state->content.published_alerts, all.published_alerts);
    append(state->content.banded_health, all.banded_health);
  }
  return {std::move(delivery), std::move(all)};
}

Feed::Usage Feed::State::usage() const {
  const std::lock_guard lock(mutex_);
  Usage usage{ring_.bytes(), ring_.ticks().size(), 0, tiles_.size()};
  for (const auto& [id, tile] : tiles_) usage.hotspots += tile.state->content.hotspots.size();
  return usage;
}

}  // namespace commonwatch::feed
