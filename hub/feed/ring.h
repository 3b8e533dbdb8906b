// The ticks at which something changed, with the frames that say what: as many as the limits
// allow. Not thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "hub/feed/feed.h"

namespace commonwatch::feed {

struct TileFrame {
  model::Tile tile;
  SharedFrame frame;
};

struct Tick {
  model::Version version;
  Instant as_of{};
  std::vector<TileFrame> frames;  // by tile
  SharedFrame progress;
};

class Ring {
 public:
  explicit Ring(RingLimits limits);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // Empty, and whoever holds `version` has everything so far.
  void reset(model::Version version);
  void push(Tick tick);
  // Drops the oldest ticks, until the limits are kept as of `now`; the newest one too, if it is
  // too large by itself.
  void trim(Instant now);

  // Whoever holds this version or a later one can be led on from here.
  model::Version start() const { return start_; }
  const std::deque<Tick>& ticks() const { return ticks_; }
  // The first tick that a holder of `held` has not got.
  std::deque<Tick>::const_iterator after(model::Version held) const;
  std::size_t bytes() const;

 private:
  void pop();

  RingLimits limits_;
  ByteMeter meter_;
  std::size_t overhead_ = 0;  // of ticks and frames beside their bytes
  model::Version start_;
  std::deque<Tick> ticks_;
};

}  // namespace commonwatch::feed
