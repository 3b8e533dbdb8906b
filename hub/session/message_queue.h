// Messages that wait to be sent, first in, first out. Takes no memory while it is empty: most
// sessions are quiet most of the time, and a std::deque holds 600 bytes for each.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "hub/base/shared_bytes.h"

namespace commonwatch::session {

class MessageQueue {
 public:
  void push(SharedBytes message) {
    if (first_ > kKept && first_ > messages_.size() / 2) drop_taken();
    messages_.push_back(std::move(message));
  }
  // Of a queue that is not empty.
  SharedBytes pop() {
    SharedBytes message = std::move(messages_[first_++]);
    if (first_ == messages_.size()) clear();
    return message;
  }
  bool is_empty() const { return first_ == messages_.size(); }
  std::size_t size() const { return messages_.size() - first_; }

 private:
  // What a tick brings fits into what is kept.
  static constexpr std::size_t kKept = 4;

  // In a queue that never becomes empty, too, they go in time.
  void drop_taken() {
    messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  void clear() {
    first_ = 0;
    messages_.clear();
    if (messages_.capacity() > kKept) messages_ = {};
  }

  std::vector<SharedBytes> messages_;
  std::size_t first_ = 0;
};

}  // namespace commonwatch::session
