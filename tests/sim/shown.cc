#include "tests/sim/shown.h"

#include <algorithm>

#include "commonwatch/v1/stream.pb.h"
#include "hub/pipeline/configuration.h"
#include "hub/wire/server_message.h"
#include "tests/sim/broken.h"
#include "tests/sim/coalition.h"

namespace commonwatch::sim {
namespace {

constexpr const char* kSnapshot = "a snapshot is the fold of the log";
constexpr const char* kDeltas = "live deltas are those of a fold from the beginning";
constexpr const char* kReplay = "a replay gives what was given live";
constexpr const char* kForward = "no version goes back";

std::string text_of(model::Version version) { return std::to_string(version.value()); }

v1::ServerMessage parse(const std::string& bytes) {
  v1::ServerMessage message;
  require(message.ParseFromString(bytes), "messages are of the contract", "a frame of the feed");
  return message;
}

}  // namespace

Shown::Epoch& Shown::open(const storage::EventLog& log, const pipeline::Channel& channel) {
  const auto begun = channel.epoch.get();
  const auto [at, fresh] = epochs_.try_emplace(begun->id);
  Epoch& epoch = at->second;
  if (!fresh) return epoch;
  epoch.fold.emplace(pipeline::Picture(begun->settings), tick_, model::Offset(0));
  const auto loaded = pipeline::preload(*epoch.fold, log, *begun, tick_);
  require(loaded.has_value(), kSnapshot, "the log cannot be read");
  epoch.begins = begun->begins;
  return epoch;
}

void Shown::read(const storage::EventLog& log, Epoch& epoch, model::Offset end) {
  for (;;) {
    const model::Offset next = epoch.ahead.empty() ? epoch.fold->next() : epoch.ahead.back().end();
    if (next >= end) return;
    const auto chunk = log.read(next);
    require(chunk && *chunk, kSnapshot, "the log cannot be read");
    epoch.ahead.push_back(**chunk);
  }
}

void Shown::advance(Epoch& epoch, model::Version until) {
  const pipeline::TickSink sink = [&](model::Version version, Instant,
                                      const std::vector<model::TileDelta>& deltas) {
    for (const model::TileDelta& delta : deltas) {
      const std::string bytes = wire::encode(delta, wire::Encoding::kBinary);
      const v1::ServerMessage message = parse(bytes);
      epoch.frames[version.value()].push_back(bytes);
      epoch.content.take(message.delta());
      if (message.delta().changed_size() + message.delta().alerts_size() > 0) ++hotspots_;
      const std::uint64_t tile = message.delta().tile();
      epoch.digests[tile][version.value()] = epoch.content.digest(tile);
    }
    ++changes_;
  };
  pipeline::Fold& fold = *epoch.fold;
  while (!epoch.ahead.empty() && fold.counted_at(epoch.ahead.front()) <= tick_.instant_of(until)) {
    fold.apply(epoch.ahead.front(), sink);
    epoch.ahead.pop_front();
  }
  fold.seal(until, sink);
  epoch.until = std::max(epoch.until, until);
}

void Shown::forget_feed() {
  held_.clear();
  for (auto& [id, epoch] : epochs_) epoch.ahead.clear();
}

void Shown::follow(const storage::EventLog& log, const pipeline::Channel& channel,
                   model::Offset read_to) {
  const model::Position now = channel.feed.position();
  Epoch& epoch = open(log, channel);
  require(now.version >= epoch.until, kForward,
          "version " + text_of(now.version) + " was given out after " + text_of(epoch.until));
  read(log, epoch, read_to);
  advance(epoch, now.version);
  const auto [held, fresh] = held_.try_emplace(channel.audience, now);
  if (fresh || held->second.epoch != now.epoch) {
    check_snapshot(channel);
  } else {
    for (;;) {
      const feed::Delivery delivery = channel.feed.read(held->second, {});
      compare(epoch, held->second, delivery);
      held->second = delivery.position;
      if (!delivery.is_cut) break;
    }
  }
  held->second = now;
}

void Shown::compare(const Epoch& epoch, const model::Position& held,
                    const feed::Delivery& delivery) const {
  if (delivery.kind == feed::Delivery::Kind::kSnapshot) return;  // the ring is short
  const auto expected = frames(held, delivery.position.version);
  std::size_t at = 0;
  for (const feed::SharedFrame& frame : delivery.frames) {
    const std::string& bytes = *frame->binary();
    if (!parse(bytes).has_delta()) continue;
    require(at < expected.size() && expected[at] == bytes, kDeltas,
            "frame " + std::to_string(at) + " behind version " + text_of(held.version) +
                " is another, epoch from " + text_of(epoch.begins));
    ++at;
  }
  require(at == expected.size(), kDeltas,
          "behind version " + text_of(held.version) + " came " + std::to_string(at) +
              " frames of " + std::to_string(expected.size()));
}

void Shown::check_snapshot(const pipeline::Channel& channel) const {
  const feed::Delivery delivery = channel.feed.read(std::nullopt, {});
  const auto known = epochs_.find(delivery.position.epoch);
  require(known != epochs_.end(), kSnapshot, "of an unknown epoch");
  Content content;
  for (const feed::SharedFrame& frame : delivery.frames) {
    content.take(parse(*frame->binary()).tile());
  }
  const auto expected = known->second.fold->picture().tiles();
  for (const model::TileState& tile : expected) {
    const auto message = parse(wire::encode(tile, wire::Encoding::kBinary)).tile();
    Content alone;
    alone.take(message);
    require(content.digest(message.tile()) == alone.digest(message.tile()), kSnapshot,
            "tile " + std::to_string(message.tile()) + " at version " +
                text_of(delivery.position.version) +
                " is another: " + content.difference(alone, message.tile()));
  }
  require(content.digests().size() == expected.size(), kSnapshot,
          "version " + text_of(delivery.position.version) + " has other tiles");
}

void Shown::check_replays(const pipeline::Channel& channel,
                          const pipeline::ReplaySources& sources) const {
  const model::Position now = channel.feed.position();
  const auto known = epochs_.find(now.epoch);
  require(known != epochs_.end(), kReplay, "of an unknown epoch");
  const std::uint64_t begins = known->second.begins.value();
  if (now.version.value() < begins) return;  // began with this start, and at the next tick
  const std::uint64_t middle = begins + (now.version.value() - begins) / 2;
  for (const std::uint64_t from : {begins, middle}) {
    check_replay(channel.audience, {now.epoch, model::Version(from)}, now.version, sources);
  }
}

void Shown::check_replay(const std::string& audience, model::Position from, model::Version until,
                         const pipeline::ReplaySources& sources) const {
  wire::ReplayRequest request;
  request.replay = 1;
  request.mode = wire::ReplayMode::kHotspots;
  request.from_recorded = tick_.instant_of(from.version);
  const auto replay =
      pipeline::make_replay(request, principal_of(audience), wire::Encoding::kBinary, sources);
  require(replay.has_value(), kReplay, replay ? "" : replay.error().message);
  const std::string where = "the replay from version " + text_of(from.version);
  const auto expected = frames(from, until);
  Content content;
  std::size_t at = 0;
  for (bool more = true; more;) {
    const auto step = (*replay)->next(pipeline::StepSize::kPage);
    require(step.has_value(), kReplay, step ? "" : step.error().message);
    for (const std::string& frame : step->frames) {
      v1::ServerMessage message = parse(frame);
      if (message.has_tile()) content.take(message.tile());
      if (!message.has_delta()) continue;
      message.clear_replay();
      require(at < expected.size() && message.SerializeAsString() == expected[at], kReplay,
              where + ": delta " + std::to_string(at) + " is another than live");
      ++at;
    }
    more = !step->at_end;
  }
  require(at == expected.size(), kReplay, where + " has other deltas than live");
  for (const std::uint64_t tile : tiles(from.epoch)) {
    require(digest(from, tile) == content.digest(tile), kReplay,
            where + " begins with another tile " + std::to_string(tile));
  }
}

std::optional<std::uint64_t> Shown::digest(const model::Position& at, std::uint64_t tile) const {
  const auto known = epochs_.find(at.epoch);
  if (known == epochs_.end() || at.version > known->second.until) return std::nullopt;
  const auto history = known->second.digests.find(tile);
  if (history == known->second.digests.end()) return 0;
  const auto behind = history->second.upper_bound(at.version.value());
  return behind == history->second.begin() ? 0 : std::prev(behind)->second;
}

std::vector<std::uint64_t> Shown::tiles(model::EngineEpoch epoch) const {
  std::vector<std::uint64_t> tiles;
  const auto known = epochs_.find(epoch);
  if (known == epochs_.end()) return tiles;
  for (const auto& [tile, history] : known->second.digests) tiles.push_back(tile);
  return tiles;
}

std::vector<std::string> Shown::frames(const model::Position& after, model::Version until) const {
  std::vector<std::string> all;
  const auto known = epochs_.find(after.epoch);
  if (known == epochs_.end()) return all;
  const auto& frames = known->second.frames;
  for (auto at = frames.upper_bound(after.version.value());
       at != frames.end() && at->first <= until.value(); ++at) {
    all.insert(all.end(), at->second.begin(), at->second.end());
  }
  return all;
}

}  // namespace commonwatch::sim
