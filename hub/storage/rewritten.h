// What retention and erasure did to the log so far. Thread-safe.
#pragma once

#include <mutex>
#include <optional>

#include "hub/storage/event_log.h"

namespace commonwatch::storage {

class Rewritten {
 public:
  void set_reduced(const ReducedUpTo& reduced) {
    const std::lock_guard lock(mutex_);
    if (!reduced_ || reduced_->end < reduced.end) reduced_ = reduced;
  }
  std::optional<ReducedUpTo> reduced() const {
    const std::lock_guard lock(mutex_);
    return reduced_;
  }
  void set_last_erasure(model::Offset event) {
    const std::lock_guard lock(mutex_);
    last_erasure_ = event;
  }
  std::optional<model::Offset> last_erasure() const {
    const std::lock_guard lock(mutex_);
    return last_erasure_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<ReducedUpTo> reduced_;
  std::optional<model::Offset> last_erasure_;
};

}  // namespace commonwatch::storage
