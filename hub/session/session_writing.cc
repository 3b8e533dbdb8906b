// The writer of a session: answers first, then what is shown, then replays.
#include <algorithm>
#include <utility>

#include "hub/session/session.h"

namespace commonwatch::session {
namespace {

// Of one write: what a tick brings to a connection, and more than enough of a replay.
constexpr std::size_t kBatchMessagesMax = 16;
constexpr std::size_t kBatchBytesMax = 64U << 10U;

}  // namespace

bool Session::heartbeat_due() const {
  // A second early: the clock is looked at once a second.
  const auto interval =
      std::chrono::milliseconds(services_.limits->heartbeat_ms) - std::chrono::seconds(1);
  // What is about to be sent is a sign of life already.
  return publisher_ && batch_.empty() && now() - last_sent_ >= interval;
}

Outgoing Session::next_message() {
  if (SharedBytes message = outbox_.pop()) return message;
  if (!publisher_) return {};
  if (SharedBytes message = publisher_->take_acknowledgement()) return message;
  if (close_code_) return {};
  if (Outgoing news = subscriber_.next(heartbeat_due())) return news;
  for (const auto& [number, replayer] : replayers_) {
    if (SharedBytes message = replayer->next()) return message;
  }
  // Who has no subscription, or none yet, was delivered nothing.
  if (subscriber_.is_active() || !heartbeat_due()) return {};
  return share(wire::encode(wire::Heartbeat{}, encoding_));
}

void Session::gather() {
  std::size_t bytes = 0;
  while (batch_.size() < kBatchMessagesMax && bytes < kBatchBytesMax) {
    Outgoing message = next_message();
    if (!message) return;
    bytes += message.bytes->size();
    batch_.push_back(std::move(message));
  }
}

void Session::count_written() {
  std::size_t frames = 0;
  std::size_t bytes = 0;
  for (const Outgoing& sent : batch_) {
    frames += std::max(sent.frames, 1U);
    bytes += sent.bytes->size();
  }
  shared_.count(frames, bytes);
  batch_.clear();
}

bool Session::write_now() {
  for (;;) {
    if (batch_.empty()) gather();
    if (batch_.empty()) return true;
    last_sent_ = now();
    if (!connection_->write_now(batch_)) return false;
    count_written();
  }
}

Task<void> Session::write_loop() {
  for (;;) {
    if (write_now()) {
      if (close_code_ || gone_) break;
      waits_for_more_ = true;
      co_await outbox_.wake().wait();
      waits_for_more_ = false;
      continue;
    }
    writing_since_ = now();
    const bool written = co_await connection_->write(batch_);
    writing_since_.reset();
    if (!written) break;
    count_written();
  }
  closing_since_ = now();
  co_await connection_->close(close_code_);
}

void Session::notice() {
  if (!subscriber_.is_active()) return;
  subscriber_.notice();
  const bool idle = waits_for_more_ && !close_code_ && !gone_;
  if (!idle || !write_now()) outbox_.wake().raise();
}

}  // namespace commonwatch::session
