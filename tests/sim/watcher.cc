#include "tests/sim/watcher.h"

#include <algorithm>

#include "hub/model/hotspot.h"
#include "tests/sim/broken.h"

namespace commonwatch::sim {
namespace {

constexpr const char* kMissed = "no watcher misses or invents a change";
constexpr const char* kForward = "no version goes back";

model::Position position_of(const v1::Position& position) {
  return {model::EngineEpoch(position.engine_epoch()), model::Version(position.version())};
}

}  // namespace

void Watcher::connect(std::shared_ptr<Line> line, bool resume) {
  if (line_) line_->drop();
  line_ = std::move(line);
  v1::ClientMessage hello;
  hello.mutable_hello()->set_client("sim");
  line_->send(hello.SerializeAsString());
  subscribe(resume);
}

void Watcher::subscribe(bool resume) {
  refused_ = false;
  got_.clear();
  if (!resume || snapshot_) {
    position_.reset();
    snapshot_.reset();
  }
  v1::ClientMessage message;
  v1::Subscribe& subscribe = *message.mutable_subscribe();
  subscribe.set_subscription(1);
  if (!everywhere_) {
    v1::BoundingBox& box = *subscribe.mutable_area()->mutable_bounding_box();
    box.set_south(40.19);
    box.set_north(40.21);
    box.set_west(-75.31);
    box.set_east(-75.29);
  }
  if (position_) {
    subscribe.mutable_resume()->set_engine_epoch(position_->epoch.value());
    subscribe.mutable_resume()->set_version(position_->version.value());
  }
  line_->send(message.SerializeAsString());
}

void Watcher::drop() {
  if (line_) line_->drop();
}

bool Watcher::receive() {
  if (!line_) return false;
  const auto bytes = line_->receive();
  if (!bytes) return false;
  v1::ServerMessage message;
  require(message.ParseFromString(*bytes), "messages are of the contract", name_);
  require(!line_->has_repeated(), "a heartbeat is one message", name_);
  take(message);
  return true;
}

void Watcher::take(const v1::ServerMessage& message) {
  if (message.has_snapshot()) take_snapshot(message.snapshot());
  if (message.has_delta()) take_delta(message.delta());
  if (message.has_progress()) take_progress(message.progress());
  if (message.has_tile()) {
    require(snapshot_ && tiles_left_ > 0, kMissed, name_ + " got a tile that was not announced");
    --tiles_left_;
    content_.take(message.tile());
    changed_[message.tile().tile()] = message.tile().version();
  }
  if (message.has_error() && message.error().subscription() == 1) refused_ = true;
}

void Watcher::take_snapshot(const v1::SnapshotHeader& header) {
  content_.clear();
  changed_.clear();
  position_.reset();
  snapshot_ = position_of(header.position());
  tiles_left_ = header.tiles();
}

void Watcher::take_delta(const v1::Delta& delta) {
  require(position_.has_value(), kMissed, name_ + " got a delta and has no state");
  std::uint64_t& changed = changed_[delta.tile()];
  std::uint64_t& got = got_[delta.tile()];
  const std::uint64_t held = std::max(changed, position_->version.value());
  require(delta.previous() <= held, kMissed,
          name_ + " holds tile " + std::to_string(delta.tile()) + " of version " +
              std::to_string(held) + ", the next delta follows " +
              std::to_string(delta.previous()));
  // A delta whose progress was lost with the connection comes again.
  require(delta.version() > std::max(got, position_->version.value()), kMissed,
          name_ + " got version " + std::to_string(delta.version()) + " of a tile twice");
  changed = got = delta.version();
  content_.take(delta);
}

void Watcher::take_progress(const v1::Progress& progress) {
  if (!progress.has_position()) return;  // a heartbeat before the subscription
  const model::Position at = position_of(progress.position());
  require(position_ || snapshot_, kMissed, name_ + " got progress and has no state");
  if (snapshot_) {
    require(tiles_left_ == 0 && at == *snapshot_, kMissed, name_ + " got half a snapshot");
    snapshot_.reset();
  }
  if (position_) {
    require(position_->epoch == at.epoch && position_->version <= at.version, kForward,
            name_ + " went from version " + std::to_string(position_->version.value()) + " to " +
                std::to_string(at.version.value()));
  }
  position_ = at;
  check(at);
  ++versions_;
}

void Watcher::check(const model::Position& at) const {
  std::vector<std::uint64_t> tiles;
  if (everywhere_) {
    tiles = shown_.tiles(at.epoch);
  } else {
    tiles = {0, model::Cell::at({40.2, -75.3}, model::kTileLevel).id()};
  }
  for (const auto& [tile, digest] : content_.digests()) tiles.push_back(tile);
  for (const std::uint64_t tile : tiles) {
    const auto expected = shown_.digest(at, tile);
    require(expected.has_value(), kMissed,
            name_ + " got version " + std::to_string(at.version.value()) +
                " of an epoch, which was never given out");
    // Of tiles that it did not ask for, it holds what it held.
    require(*expected == content_.digest(tile), kMissed,
            name_ + " at version " + std::to_string(at.version.value()) + " has another tile " +
                std::to_string(tile));
  }
}

}  // namespace commonwatch::sim
