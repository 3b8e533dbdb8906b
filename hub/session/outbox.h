// What waits to be sent on one connection, besides what is read from the feed: answers and
// acknowledgements. Bounded: who does not read his answers is not read from.
#pragma once

#include <string>
#include <utility>

#include "hub/base/shared_bytes.h"
#include "hub/session/message_queue.h"
#include "hub/session/signal.h"

namespace commonwatch::session {

class Outbox {
 public:
  // Answers that may wait before reading pauses.
  static constexpr std::size_t kMessagesMax = 256;

  explicit Outbox(pipeline::Executor executor) : wake_(executor), drained_(executor) {}

  void push(std::string message) {
    messages_.push(share(std::move(message)));
    wake_.raise();
  }
  SharedBytes pop() {
    if (messages_.is_empty()) return nullptr;
    SharedBytes message = messages_.pop();
    if (messages_.size() < kMessagesMax) drained_.raise();
    return message;
  }
  bool is_empty() const { return messages_.is_empty(); }
  bool is_full() const { return messages_.size() >= kMessagesMax; }

  // The writer waits for it.
  Signal& wake() { return wake_; }
  // The reader waits for it.
  Signal& drained() { return drained_; }

 private:
  MessageQueue messages_;
  Signal wake_;
  Signal drained_;
};

}  // namespace commonwatch::session
