// The limits that conversations read at use, replaced as a whole while these go on. Any thread.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>

#include "hub/base/limits.h"

namespace commonwatch::session {

class LiveLimits {
 public:
  explicit LiveLimits(const Limits& limits) { replace(limits); }

  // References hold as long as this lives: what was replaced is kept, a few hundred bytes each.
  const Limits& operator*() const { return *current_.load(std::memory_order_acquire); }
  const Limits* operator->() const { return &**this; }

  void replace(const Limits& limits) {
    const std::lock_guard lock(mutex_);
    current_.store(&all_.emplace_back(limits), std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::deque<Limits> all_;
  std::atomic<const Limits*> current_{nullptr};
};

}  // namespace commonwatch::session
