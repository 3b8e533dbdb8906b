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
  ~Deadline() { ++*round_; }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // Replaces the one before.
  void set(std::chrono::milliseconds after) {
    timer_.expires_after(after);
    // A timer that has run out cannot be called back any more, and must not hit a later round.
    timer_.async_wait([transport = transport_, round = round_,
                       mine = ++*round_](const boost::system::error_code& error) {
      if (!error && *round == mine) transport->close();
    });
  }

 private:
  std::shared_ptr<session::Transport> transport_;
  session::Timer timer_;
  std::shared_ptr<std::uint64_t> round_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace commonwatch::server
