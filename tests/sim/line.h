// A connection in memory. What either side sends is under way until the simulation lets it arrive;
// order within a direction holds, as over TCP.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "hub/session/connection.h"

namespace commonwatch::sim {

class HubEnd;

// The client's end, and what is under way. It outlives the hub's.
class Line {
 public:
  // Messages that the network takes from the hub before the client has read any.
  static constexpr std::size_t kWindow = 8;

  void send(std::string message) { to_hub_.push_back(std::move(message)); }
  // The next message under way arrives at the hub, and may be read there; false: there is none.
  bool arrive();
  // What has come from the hub, taken; nothing: nothing came.
  std::optional<std::string> receive();
  // The connection is gone: the hub sees that at once, and what is under way is lost, in either
  // direction.
  void drop();
  // Nothing comes any more, once what is under way was received.
  bool is_over() const { return over_; }
  bool is_drained() const { return over_ && to_client_.empty(); }
  bool has_to_hub() const { return !over_ && !to_hub_.empty(); }
  bool has_to_client() const { return !to_client_.empty(); }

  // Messages that the hub has read, and written.
  std::size_t read() const { return read_; }
  std::size_t written() const { return written_; }
  // Whether one write of the hub's said the same progress twice.
  bool has_repeated() const { return repeated_; }

 private:
  friend class HubEnd;
  std::deque<std::string> to_hub_;
  std::deque<std::string> arrived_;
  std::deque<std::string> to_client_;
  std::size_t read_ = 0;
  std::size_t written_ = 0;
  bool repeated_ = false;
  bool over_ = false;
  HubEnd* hub_ = nullptr;
};

// The hub's end.
class HubEnd final : public session::Connection {
 public:
  HubEnd(session::Executor executor, std::shared_ptr<Line> line);
  ~HubEnd() override;

  session::Executor executor() override { return executor_; }
  wire::Encoding encoding() const override { return wire::Encoding::kBinary; }
  const std::string& peer() const override { return peer_; }
  const session::Heard& heard() const override { return heard_; }
  session::Task<Result<std::string>> read(std::size_t bytes_max) override;
  void let_go() override {}
  bool write_now(std::span<const session::Outgoing> messages) override;
  session::Task<bool> write(std::span<const session::Outgoing> messages) override;
  void ping() override {}
  session::Task<void> close(std::optional<wire::CloseCode> code) override;
  void abort() override;

 private:
  friend class Line;
  session::Executor executor_;
  std::shared_ptr<Line> line_;
  std::string peer_ = "192.0.2.1:1";
  session::Heard heard_;
  session::Signal readable_;
  session::Signal writable_;
};

}  // namespace commonwatch::sim
