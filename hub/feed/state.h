// What is behind `Feed`. Readers copy pointers under the mutex; nothing is encoded there.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "hub/feed/feed.h"
#include "hub/feed/listeners.h"
#include "hub/feed/ring.h"

namespace commonwatch::feed {

class Feed::State {
 public:
  State(RingLimits limits, FrameMaker maker);

  void reset(model::Position position, Instant as_of, std::vector<model::TileState> tiles);
  void publish(model::Version version, Instant as_of, std::vector<model::TileDelta> deltas);

  bool is_ready() const;
  model::Position position() const;
  Delivery read(const std::optional<model::Position>& held, const TileSelection& tiles,
                std::size_t frames_max) const;
  SharedDelivery read_shared(const std::optional<model::Position>& held,
                             const TileSelection& tiles) const;
  bool can_resume(const model::Position& held) const;
  std::optional<std::vector<SharedFrame>> read_tiles(const model::Position& held,
                                                     const TileSelection& added) const;
  std::pair<Delivery, std::vector<model::Hotspot>> hotspots() const;
  std::pair<Delivery, model::TileContent> content() const;
  Usage usage() const;
  Listeners& listeners() { return *listeners_; }

 private:
  // Immutable: a change makes another one. The frame is encoded once, when somebody needs it.
  struct ShownTile {
    std::shared_ptr<const model::TileState> state;
    SharedFrame frame;
  };
  using ShownTiles = std::map<model::Tile, ShownTile>;

  ShownTile show(model::TileState state) const;
  std::vector<ShownTile> apply(const std::vector<model::TileDelta>& deltas) const;
  // All tiles, and where they stand. Takes the mutex.
  std::vector<std::shared_ptr<const model::TileState>> states(Delivery& delivery) const;
  SharedFrame make_progress(model::Position position, Instant as_of) const;
  // With the mutex held.
  Delivery here(Delivery::Kind kind) const;
  bool in_reach(const model::Position& held) const;
  Delivery read_here(const std::optional<model::Position>& held, const TileSelection& tiles,
                     std::size_t frames_max) const;
  Delivery snapshot(const TileSelection& tiles) const;
  Delivery deltas(model::Version held, const TileSelection& tiles, std::size_t frames_max) const;

  const FrameMaker maker_;
  const std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();

  mutable std::mutex mutex_;
  bool ready_ = false;
  model::Position position_;
  Instant as_of_{};
  SharedFrame progress_;
  ShownTiles tiles_;  // those that are not empty; changed by the writer alone
  Ring ring_;
  // What those get who watch everything and hold `shared_from_`; dropped when anything changes.
  mutable std::optional<model::Position> shared_from_;
  mutable SharedDelivery shared_;
};

}  // namespace commonwatch::feed
