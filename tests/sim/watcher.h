// Somebody who watches: subscribes to everything or to a box around the corner where most happens,
// reads as it pleases, loses the connection, resumes from where it stood.
//
// Holds of every version that it has reached: what it made of what it got is what had to be shown;
// no delta says that the one before was missed.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "commonwatch/v1/stream.pb.h"
#include "tests/sim/content.h"
#include "tests/sim/line.h"
#include "tests/sim/shown.h"

namespace commonwatch::sim {

class Watcher {
 public:
  Watcher(std::string name, std::string audience, bool everywhere, const Shown& shown)
      : name_(std::move(name)),
        audience_(std::move(audience)),
        everywhere_(everywhere),
        shown_(shown) {}

  const std::string& audience() const { return audience_; }

  bool is_connected() const { return line_ != nullptr && !line_->is_over(); }
  // Says hello on a new line and subscribes, with where it stands if it wants to resume.
  void connect(std::shared_ptr<Line> line, bool resume);
  void drop();
  bool arrive() { return line_ && line_->arrive(); }
  // Takes one message; false: nothing came.
  bool receive();
  // Refused while the hub recovered: asks again.
  bool is_refused() const { return refused_; }
  void subscribe(bool resume);

  const std::optional<model::Position>& position() const { return position_; }
  std::size_t versions() const { return versions_; }

 private:
  void take(const v1::ServerMessage& message);
  void take_snapshot(const v1::SnapshotHeader& header);
  void take_delta(const v1::Delta& delta);
  void take_progress(const v1::Progress& progress);
  void check(const model::Position& at) const;

  std::string name_;
  std::string audience_;
  bool everywhere_;
  const Shown& shown_;
  std::shared_ptr<Line> line_;
  Content content_;
  // Tile: version; held, and got on this connection.
  std::map<std::uint64_t, std::uint64_t> changed_;
  std::map<std::uint64_t, std::uint64_t> got_;
  std::optional<model::Position> position_;
  std::optional<model::Position> snapshot_;  // under way
  std::uint32_t tiles_left_ = 0;
  bool refused_ = false;
  std::size_t versions_ = 0;
};

}  // namespace commonwatch::sim
