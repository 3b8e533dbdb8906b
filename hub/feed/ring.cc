#include "hub/feed/ring.h"

#include <algorithm>

namespace commonwatch::feed {
namespace {

// What a tick and a frame take beside the bytes of the frame, so that a million tiny ones are
// bounded as well.
std::size_t overhead_of(const Tick& tick) {
  constexpr std::size_t kFrameBytes = sizeof(Frame) + sizeof(TileFrame) + 32;
  return sizeof(Tick) + (tick.frames.size() + 1) * kFrameBytes;
}

}  // namespace

Ring::Ring(RingLimits limits)
    : limits_(limits), meter_(std::make_shared<std::atomic<std::size_t>>(0)) {}

Ring::~Ring() {
  while (!ticks_.empty()) pop();
}

void Ring::reset(model::Version version) {
  while (!ticks_.empty()) pop();
  start_ = version;
}

void Ring::push(Tick tick) {
  for (const TileFrame& frame : tick.frames) frame.frame->watch(meter_);
  tick.progress->watch(meter_);
  overhead_ += overhead_of(tick);
  ticks_.push_back(std::move(tick));
}

void Ring::pop() {
  const Tick& oldest = ticks_.front();
  for (const TileFrame& frame : oldest.frames) frame.frame->watch(nullptr);
  oldest.progress->watch(nullptr);
  overhead_ -= overhead_of(oldest);
  start_ = oldest.version;
  ticks_.pop_front();
}

void Ring::trim(Instant now) {
  while (!ticks_.empty() &&
         (bytes() > limits_.bytes_max || now - ticks_.front().as_of > limits_.span_max)) {
    pop();
  }
}

std::deque<Tick>::const_iterator Ring::after(model::Version held) const {
  return std::upper_bound(
      ticks_.begin(), ticks_.end(), held,
      [](model::Version version, const Tick& tick) { return version < tick.version; });
}

std::size_t Ring::bytes() const { return *meter_ + overhead_; }

}  // namespace commonwatch::feed
