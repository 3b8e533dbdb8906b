// What an audience is shown, fanned out: the content of each tile, and a ring of the frames that
// led to it. Knows no socket and no protobuf: frames are bytes that were made elsewhere.
//
// Any thread. One writer (`publish`, `reset`), any number of readers. A reader holds a version and
// its tiles, not a queue: memory per reader is constant, whatever it does.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/shared_bytes.h"
#include "hub/base/time.h"
#include "hub/model/hotspot.h"
#include "hub/model/ids.h"

namespace commonwatch::feed {

// Counts the bytes of the frames that it watches, whenever they are encoded. Any thread.
using ByteMeter = std::shared_ptr<std::atomic<std::size_t>>;

// One message in binary encoding, and, once somebody asks, in JSON. Made once, shared by all.
class Frame {
 public:
  using Encoder = std::function<std::string()>;
  using ToJson = std::string (*)(std::string_view binary);

  Frame(Encoder encode, ToJson to_json);
  // Encoded at the first call. Any thread.
  SharedBytes binary() const;
  SharedBytes json() const;
  // Bytes held now.
  std::size_t bytes() const;
  // From now on the meter counts what this frame holds; without a meter nothing does.
  void watch(ByteMeter meter) const;

 private:
  mutable std::mutex mutex_;
  mutable ByteMeter meter_;
  mutable Encoder encode_;
  ToJson to_json_;
  mutable SharedBytes binary_;
  mutable SharedBytes json_;
};
using SharedFrame = std::shared_ptr<const Frame>;

// Makes the frames; given by whoever owns the wire format. Pure functions, any thread. A delta is
// encoded by the writer, at once; a tile and a progress when the first reader needs it.
struct FrameMaker {
  std::function<std::string(const model::TileDelta&)> delta;
  std::function<std::string(const model::TileState&)> tile;
  std::function<std::string(const model::Position&, Instant as_of)> progress;
  Frame::ToJson to_json = nullptr;
};

// The tiles a reader wants: everything, or these. Tile 0 is always among them.
struct TileSelection {
  bool everywhere = true;
  std::vector<model::Tile> tiles;  // sorted
  bool contains(model::Tile tile) const;
};

// What a reader has to send next, in order.
struct Delivery {
  enum class Kind {
    kNothing,  // the reader holds the newest version
    kDeltas,   // `frames`: each tick's deltas, with its progress before the next tick's; `progress`
    kSnapshot,  // a header for `position` and `frames.size()` tiles, `frames`, then `progress`
  };
  Kind kind = Kind::kNothing;
  model::Position position;
  Instant as_of{};
  std::vector<SharedFrame> frames;
  SharedFrame progress;
  bool is_cut = false;  // there is more: call again
};

using SharedDelivery = std::shared_ptr<const Delivery>;

struct RingLimits {
  // Of the frames in the ring, binary and JSON. Kept at every `publish`; in between, JSON that a
  // reader asks for may add to it.
  std::size_t bytes_max = 64U << 20U;
  Duration span_max = std::chrono::minutes(10);  // of recorded time
};

class Feed {
 public:
  Feed(RingLimits limits, FrameMaker maker);

  // --- the writer ----------------------------------------------------------------------------

  // Starts over from a state, of an epoch: readers of an older one get a snapshot.
  void reset(model::Position position, Instant as_of, std::vector<model::TileState> tiles);
  // A tick was given out. `deltas` may be empty: the version alone moves. Wakes the listeners when
  // something changed. Before the first `reset`, or with a version that does not rise: throws, as
  // a programmer's fault.
  void publish(model::Version version, Instant as_of, std::vector<model::TileDelta> deltas);

  // --- readers -------------------------------------------------------------------------------

  bool is_ready() const;  // `reset` was called
  model::Position position() const;

  // What leads from `held` to now. With nothing held, of another epoch, or older than the ring: a
  // snapshot. At most about `frames_max` frames of deltas, cut between ticks only; `position` and
  // `progress` then name the last tick that is in it: call again for the rest. Tiles that became
  // empty are not in a snapshot. Before the first `reset`: kNothing.
  Delivery read(std::optional<model::Position> held, const TileSelection& tiles,
                std::size_t frames_max = 256) const;
  // The same, made once for all who hold the same position and watch everything.
  SharedDelivery read_shared(const std::optional<model::Position>& held,
                             const TileSelection& tiles) const;
  // Whether `held` can be resumed without a snapshot.
  bool can_resume(const model::Position& held) const;
  // The tiles of `added` as they stand now, for a reader at `held` whose selection grows: it must
  // hold the newest version, else it reads on first and asks again (empty result). Tile 0 is among
  // them only if named. A tile without a frame is empty.
  std::optional<std::vector<SharedFrame>> read_tiles(const model::Position& held,
                                                     const TileSelection& added) const;
  // The hotspots shown now, or everything, in order of tile and id; of the delivery, position, as_of
  // and progress are set.
  std::pair<Delivery, std::vector<model::Hotspot>> hotspots() const;
  std::pair<Delivery, model::TileContent> content() const;

  // Called on the writer's thread when there is something new; must not block. The listener is
  // removed when the returned handle dies; after that it is not called any more. To that end the
  // handle's destructor waits for a call that is running on another thread: hold no lock there
  // that the listener takes. The handle may outlive the feed, and may die within the call.
  using Listener = std::function<void()>;
  std::shared_ptr<void> listen(Listener listener);

  struct Usage {
    std::size_t ring_bytes = 0;
    std::size_t ring_ticks = 0;
    std::size_t hotspots = 0;
    std::size_t tiles = 0;
  };
  Usage usage() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace commonwatch::feed
