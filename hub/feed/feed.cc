#include "hub/feed/feed.h"

#include "hub/feed/state.h"

namespace commonwatch::feed {

Feed::Feed(RingLimits limits, FrameMaker maker)
    : state_(std::make_shared<State>(limits, std::move(maker))) {}

void Feed::reset(model::Position position, Instant as_of, std::vector<model::TileState> tiles) {
  state_->reset(position, as_of, std::move(tiles));
}

void Feed::publish(model::Version version, Instant as_of, std::vector<model::TileDelta> deltas) {
  state_->publish(version, as_of, std::move(deltas));
}

bool Feed::is_ready() const { return state_->is_ready(); }
model::Position Feed::position() const { return state_->position(); }

Delivery Feed::read(std::optional<model::Position> held, const TileSelection& tiles,
                    std::size_t frames_max) const {
  return state_->read(held, tiles, frames_max);
}

SharedDelivery Feed::read_shared(const std::optional<model::Position>& held,
                                 const TileSelection& tiles) const {
  return state_->read_shared(held, tiles);
}

bool Feed::can_resume(const model::Position& held) const { return state_->can_resume(held); }

std::optional<std::vector<SharedFrame>> Feed::read_tiles(const model::Position& held,
                                                         const TileSelection& added) const {
  return state_->read_tiles(held, added);
}

std::pair<Delivery, std::vector<model::Hotspot>> Feed::hotspots() const {
  return state_->hotspots();
}

std::pair<Delivery, model::TileContent> Feed::content() const { return state_->content(); }

std::shared_ptr<void> Feed::listen(Listener listener) {
  return state_->listeners().add(std::move(listener));
}

Feed::Usage Feed::usage() const { return state_->usage(); }

}  // namespace commonwatch::feed
