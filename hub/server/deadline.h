// Closes a connection that has not done something in time. On its socket's io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "hub/session/signal.h"
#include "hub/session/transport.h"

namespace commonwatch::server {

class Deadline {
 public:
  explicit Deadline(std::shared_ptr<session::Transport> transport)
      : transport_(std::move(transport)), timer_(transport_->socket().get_executor()) {}
  ~Deadline() { ++state_->round; }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // Replaces the one before.
  void set(std::chrono::milliseconds after) {
    timer_.expires_after(after);
    // A timer that has run out cannot be called back any more, and must not hit a later round.
    timer_.async_wait([transport = transport_, state = state_,
                       mine = ++state_->round](const boost::system::error_code& error) {
      if (error || state->round != mine) return;
      state->passed = true;
      transport->close();
    });
  }
  void clear() {
    ++state_->round;
    timer_.cancel();
  }
  // It has closed the connection.
  bool has_passed() const { return state_->passed; }

 private:
  struct State {
    std::uint64_t round = 0;
    bool passed = false;
  };
  std::shared_ptr<session::Transport> transport_;
  session::Timer timer_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace commonwatch::server
