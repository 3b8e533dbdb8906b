// The writer's side: everything is made before the mutex is taken, and put in place under it.
#include <stdexcept>
#include <utility>

#include "hub/feed/state.h"

namespace commonwatch::feed {
namespace {

// The tile after the change.
model::TileState folded(const model::TileState* before, const model::TileDelta& delta) {
  model::TileState after{delta.tile, delta.version, delta.as_of,
                         before == nullptr ? model::TileContent() : before->content};
  model::apply(delta, after.content);
  return after;
}

}  // namespace

SharedFrame Feed::State::make_progress(model::Position position, Instant as_of) const {
  return std::make_shared<const Frame>(
      [make = maker_.progress, position, as_of] { return make(position, as_of); }, maker_.to_json);
}

Feed::State::ShownTile Feed::State::show(model::TileState state) const {
  auto shared = std::make_shared<const model::TileState>(std::move(state));
  auto frame = std::make_shared<const Frame>([make = maker_.tile, shared] { return make(*shared); },
                                             maker_.to_json);
  return ShownTile{std::move(shared), std::move(frame)};
}

void Feed::State::reset(model::Position position, Instant as_of,
                        std::vector<model::TileState> tiles) {
  ShownTiles shown;
  for (model::TileState& tile : tiles) {
    if (tile.content.is_empty()) continue;
    const model::Tile id = tile.tile;
    shown.insert_or_assign(id, show(std::move(tile)));
  }
  SharedFrame progress = make_progress(position, as_of);
  SharedDelivery outdated;  // dies outside the mutex
  {
    const std::lock_guard lock(mutex_);
    outdated.swap(shared_);
    ready_ = true;
    position_ = position;
    as_of_ = as_of;
    progress_.swap(progress);
    tiles_.swap(shown);
    ring_.reset(position.version);
  }
  listeners_->wake();
}

std::vector<Feed::State::ShownTile> Feed::State::apply(
    const std::vector<model::TileDelta>& deltas) const {
  std::vector<ShownTile> shown;
  shown.reserve(deltas.size());
  for (const model::TileDelta& delta : deltas) {
    const auto before = tiles_.find(delta.tile);
    shown.push_back(
        show(folded(before == tiles_.end() ? nullptr : before->second.state.get(), delta)));
  }
  return shown;
}

void Feed::State::publish(model::Version version, Instant as_of,
                          std::vector<model::TileDelta> deltas) {
  // Only the writer changes these, so that it may read them without the mutex.
  if (!ready_ || version <= position_.version) {
    throw std::logic_error("Feed::publish: reset comes first, and versions rise");
  }
  const bool changed = !deltas.empty();
  std::vector<ShownTile> shown = apply(deltas);
  SharedFrame progress = make_progress({position_.epoch, version}, as_of);
  Tick tick{version, as_of, {}, progress};
  for (model::TileDelta& delta : deltas) {
    const model::Tile tile = delta.tile;
    tick.frames.push_back({tile, std::make_shared<const Frame>(
                                     [&, this] { return maker_.delta(delta); }, maker_.to_json)});
    tick.frames.back().frame->binary();
  }
  SharedDelivery outdated;
  {
    const std::lock_guard lock(mutex_);
    outdated.swap(shared_);
    position_.version = version;
    as_of_ = as_of;
    progress_.swap(progress);
    for (ShownTile& tile : shown) {
      const model::Tile id = tile.state->tile;
      if (tile.state->content.is_empty()) {
        tiles_.erase(id);
      } else {
        std::swap(tiles_[id], tile);  // what was there dies outside the mutex
      }
    }
    if (changed) ring_.push(std::move(tick));
    ring_.trim(as_of);
  }
  if (changed) listeners_->wake();
}

}  // namespace commonwatch::feed
