// What an audience has to be shown, epoch by epoch: a second fold of the log, from its beginning,
// which no checkpoint and no restart ever touches. What leaves the hub is held against it: the
// frames of the live feed byte by byte, the content that a watcher has made of what it got at every
// version.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/pipeline/channel.h"
#include "hub/pipeline/fold.h"
#include "hub/pipeline/replay.h"
#include "tests/sim/content.h"

namespace commonwatch::sim {

class Shown {
 public:
  explicit Shown(model::TickLength tick) : tick_(tick) {}

  // After something was given out: takes it in, and compares the deltas since the last time.
  // `read_to`: up to where the hub has read, which may be further than what it shows.
  void follow(const storage::EventLog& log, const pipeline::Channel& channel,
              model::Offset read_to);
  // The hub has ended: the next feed begins with a snapshot, and its log is read anew.
  void forget_feed();
  // Compares the feed's snapshot.
  void check_snapshot(const pipeline::Channel& channel) const;
  // Replays the epoch's hotspots, from its beginning and from its middle, which a checkpoint may
  // serve: the same content, and the frames that live gave.
  void check_replays(const pipeline::Channel& channel,
                     const pipeline::ReplaySources& sources) const;

  // The digest that the tile has to have at a version of an epoch; nothing: no such epoch or
  // version was ever given out.
  std::optional<std::uint64_t> digest(const model::Position& at, std::uint64_t tile) const;
  // Every tile that was ever shown in the epoch.
  std::vector<std::uint64_t> tiles(model::EngineEpoch epoch) const;
  // The delta frames behind one version, up to and with another, in order.
  std::vector<std::string> frames(const model::Position& after, model::Version until) const;
  // Versions given out, with a change; a run without any proves little.
  std::size_t changes() const { return changes_; }
  std::size_t hotspots() const { return hotspots_; }

 private:
  struct Epoch {
    std::optional<pipeline::Fold> fold;
    // Read, and counts later: as the hub read it, whatever is erased from the log meanwhile.
    std::deque<storage::Chunk> ahead;
    Content content;
    std::map<std::uint64_t, std::map<std::uint64_t, std::uint64_t>> digests;  // tile, version
    std::map<std::uint64_t, std::vector<std::string>> frames;                 // version
    model::Version begins;
    model::Version until;
  };

  Epoch& open(const storage::EventLog& log, const pipeline::Channel& channel);
  static void read(const storage::EventLog& log, Epoch& epoch, model::Offset end);
  void advance(Epoch& epoch, model::Version until);
  void compare(const Epoch& epoch, const model::Position& held,
               const feed::Delivery& delivery) const;
  void check_replay(const std::string& audience, model::Position from, model::Version until,
                    const pipeline::ReplaySources& sources) const;

  model::TickLength tick_;
  std::map<model::EngineEpoch, Epoch> epochs_;
  std::map<std::string, model::Position> held_;  // by audience
  std::size_t changes_ = 0;
  std::size_t hotspots_ = 0;
};

}  // namespace commonwatch::sim
