// The fold: chunks of the log in, what changed at each tick out. Live and replay use this one, so
// that both give the same bytes. Not thread-safe.
#pragma once

#include <functional>
#include <vector>

#include "hub/model/hotspot.h"
#include "hub/model/ids.h"
#include "hub/pipeline/picture.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// Whoever wants what changed at a tick. Called in order of version, never with nothing.
using TickSink = std::function<void(model::Version, Instant as_of, std::vector<model::TileDelta>)>;

class Fold {
 public:
  // `next`: the first offset that the picture has not seen.
  Fold(Picture picture, model::TickLength tick, model::Offset next);

  // Takes in a chunk that lies before the picture's epoch: what it says counts, no tick is given
  // out. Only before the first `apply` or `seal`.
  void preload(const storage::Chunk& chunk);
  // The epoch begins here. Once, behind what is preloaded.
  void begin(Instant begins) { picture_.begin(begins); }
  // Gives out the ticks before the chunk's, then takes the chunk in.
  void apply(const storage::Chunk& chunk, const TickSink& sink);
  // Gives out every tick up to and with `version`. No later chunk may belong to one of them.
  void seal(model::Version version, const TickSink& sink);

  // The recorded time at which the chunk counts here.
  Instant counted_at(const storage::Chunk& chunk) const {
    return picture_.counted_at(chunk.recorded);
  }
  model::Offset next() const { return next_; }
  // Every tick up to here was given out.
  model::Version sealed() const { return sealed_; }
  const Picture& picture() const { return picture_; }

 private:
  void give_out(model::Version version, const TickSink& sink);
  // The ticks at which the passing of time alone may change something, up to and with `version`.
  void pass_time(model::Version version, const TickSink& sink);

  Picture picture_;
  model::TickLength tick_;
  model::Offset next_;
  model::Version sealed_;
  // The tick of what was taken in and not yet given out; 0: none.
  model::Version open_;
};

}  // namespace commonwatch::pipeline
