// Frames that a test can read back, and a world of tiles that changes from a seed.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "hub/feed/feed.h"

namespace commonwatch::feed::test {

inline model::Tile tile(int number) {
  return number == 0
             ? model::Tile()
             : model::Cell::at({30.0 + number % 20, -100.0 + number / 20}, model::kTileLevel);
}

inline model::Hotspot hotspot(int number, std::uint32_t count) {
  model::Hotspot made;
  made.id = "cell/" + std::to_string(1000 + number);
  made.count = count;
  return made;
}

inline Instant time_of(std::uint64_t version) {
  return instant_from_micros(1'000'000'000'000'000) + std::chrono::milliseconds(250) * version;
}

// How often anything was encoded.
struct Encodings {
  std::atomic<int> deltas = 0;
  std::atomic<int> tiles = 0;
  std::atomic<int> progress = 0;
};
inline std::atomic<int> json_encodings = 0;

// "D tile version previous changed id count ... removed id ..."
inline FrameMaker readable_frames(const std::shared_ptr<Encodings>& encodings,
                                  std::size_t padding = 0) {
  FrameMaker maker;
  maker.delta = [encodings, padding](const model::TileDelta& delta) {
    ++encodings->deltas;
    std::ostringstream out;
    out << "D " << delta.tile.id() << ' ' << delta.version.value() << ' ' << delta.previous.value();
    out << ' ' << delta.changed.hotspots.size();
    for (const auto& h : delta.changed.hotspots) out << ' ' << h.id << ' ' << h.count;
    out << ' ' << delta.removed.size();
    for (const auto& id : delta.removed) out << ' ' << id;
    return out.str() + std::string(padding, ' ');
  };
  maker.tile = [encodings](const model::TileState& state) {
    ++encodings->tiles;
    std::ostringstream out;
    const auto& hotspots = state.content.hotspots;
    out << "T " << state.tile.id() << ' ' << state.version.value() << ' ' << hotspots.size();
    for (const auto& h : hotspots) out << ' ' << h.id << ' ' << h.count;
    return out.str();
  };
  maker.progress = [encodings](const model::Position& position, Instant as_of) {
    ++encodings->progress;
    std::ostringstream out;
    out << "P " << position.epoch.value() << ' ' << position.version.value() << ' '
        << to_micros(as_of);
    return out.str();
  };
  maker.to_json = [](std::string_view binary) {
    ++json_encodings;
    return "{" + std::string(binary) + "}";
  };
  return maker;
}

// What is shown, by tile and id: persons. Tiles that are empty are left out.
using Picture = std::map<std::uint64_t, std::map<std::string, std::uint32_t>>;

// Any change of the world, with its deltas.
class World {
 public:
  explicit World(std::uint64_t seed, int tiles = 12) : random_(seed), tiles_(tiles) {}

  std::vector<model::TileDelta> change(std::uint64_t version) {
    std::map<model::Tile, model::TileDelta> deltas;
    for (auto changes = random_() % 6; changes > 0; --changes) {
      const model::Tile where = tile(static_cast<int>(random_() % static_cast<unsigned>(tiles_)));
      if (deltas.contains(where)) continue;
      model::TileDelta delta{where, model::Version(version), versions_[where], time_of(version), {},
                             {}};
      for (int number = 0; number < 5; ++number) {
        const model::Hotspot made = hotspot(number, static_cast<std::uint32_t>(random_() % 100));
        auto& shown = picture_[where.id()];
        if (random_() % 3 == 0 && shown.erase(made.id) == 1) {
          delta.removed.push_back(made.id);
        } else if (random_() % 3 == 0) {
          shown[made.id] = made.count;
          delta.changed.hotspots.push_back(made);
        }
      }
      if (picture_[where.id()].empty()) picture_.erase(where.id());
      if (delta.changed.is_empty() && delta.removed.empty()) continue;
      versions_[where] = model::Version(version);
      deltas[where] = delta;
    }
    std::vector<model::TileDelta> in_order;
    for (auto& [where, delta] : deltas) in_order.push_back(std::move(delta));
    return in_order;
  }
  const Picture& picture() const { return picture_; }

 private:
  std::mt19937_64 random_;
  int tiles_;
  Picture picture_;
  std::map<model::Tile, model::Version> versions_;
};

// A client: folds what it receives. Says what is wrong instead of asserting, so that it can run
// on any thread.
class Client {
 public:
  explicit Client(TileSelection selection = {}) : selection_(std::move(selection)) {}

  void receive(const Delivery& delivery) {
    if (delivery.kind == Delivery::Kind::kNothing) return;
    if (delivery.kind == Delivery::Kind::kSnapshot) {
      ++snapshots_;
      picture_.clear();
    }
    for (const SharedFrame& frame : delivery.frames) receive(*frame->binary());
    receive(*delivery.progress->binary());
    if (held_ != delivery.position) fail("progress of another position");
  }

  void receive(const std::string& frame) {
    std::istringstream in(frame);
    std::string letter;
    std::uint64_t id = 0;
    if (frame.starts_with("P ")) return progress(in);
    std::uint64_t version = 0;
    std::uint64_t previous = 0;
    in >> letter >> id >> version;
    if (!selection_.contains(model::Cell(id))) fail("a tile that was not asked for");
    auto& shown = picture_[id];
    if (letter == "T") shown.clear();
    if (letter == "D") {
      in >> previous;
      if (!held_ || previous > held_->version.value()) fail("a change was missed");
      if (version <= held_->version.value()) fail("a change came twice");
    }
    read_hotspots(in, shown);
    if (letter == "D") {
      std::size_t removed = 0;
      std::string gone;
      for (in >> removed; removed > 0 && in >> gone; --removed) shown.erase(gone);
    }
    if (shown.empty()) picture_.erase(id);
  }

  const std::optional<model::Position>& held() const { return held_; }
  const Picture& picture() const { return picture_; }
  const std::string& failure() const { return failure_; }
  int snapshots() const { return snapshots_; }
  const TileSelection& selection() const { return selection_; }
  void select(TileSelection selection) { selection_ = std::move(selection); }

 private:
  void progress(std::istringstream& in) {
    std::string letter;
    std::uint64_t epoch = 0;
    std::uint64_t version = 0;
    in >> letter >> epoch >> version;
    const model::Position now{model::EngineEpoch(epoch), model::Version(version)};
    if (held_ && held_->epoch == now.epoch && now.version <= held_->version) {
      fail("the version does not rise");
    }
    held_ = now;
  }
  static void read_hotspots(std::istringstream& in, std::map<std::string, std::uint32_t>& shown) {
    std::size_t size = 0;
    std::string id;
    std::uint32_t count = 0;
    for (in >> size; size > 0 && in >> id >> count; --size) shown[id] = count;
  }
  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }

  TileSelection selection_;
  std::optional<model::Position> held_;
  Picture picture_;
  std::string failure_;
  int snapshots_ = 0;
};

// What a client with this selection must hold.
inline Picture cut(const Picture& whole, const TileSelection& selection) {
  Picture part;
  for (const auto& [id, shown] : whole) {
    if (selection.contains(model::Cell(id))) part[id] = shown;
  }
  return part;
}

}  // namespace commonwatch::feed::test
