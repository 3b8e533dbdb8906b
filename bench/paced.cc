#include "bench/paced.h"

#include <utility>

#include "bench/clock.h"

namespace commonwatch::bench {

void Paced::begin(std::uint64_t at_ns) {
  for (std::size_t i = 0; i < batches_.size(); ++i) due_.push_back(at_ns + i * interval_ns_);
}

void Paced::publish_due() {
  const std::uint64_t now = now_ns();
  for (; next_ < due_.size() && due_[next_] <= now; ++next_) {
    batches_[next_].due_ns = due_[next_];
    publisher_.enqueue(std::move(batches_[next_]));
  }
  publisher_.pump();
}

bool Paced::is_done() {
  publisher_.open();  // says so if the connection is gone
  return next_ == batches_.size() && publisher_.is_idle();
}

}  // namespace commonwatch::bench
