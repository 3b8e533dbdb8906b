#include "hub/feed/listeners.h"

#include <utility>

namespace commonwatch::feed {

std::shared_ptr<void> Listeners::add(Feed::Listener listener) {
  const auto seat = std::make_shared<Seat>(std::move(listener));
  const std::lock_guard lock(mutex_);
  const std::uint64_t number = next_++;
  by_number_.emplace(number, seat);
  list_ = nullptr;
  return std::shared_ptr<void>(seat.get(), [number, seat, weak = weak_from_this()](const void*) {
    if (const auto self = weak.lock()) return self->remove(number, *seat);
    const std::lock_guard alone(seat->mutex);
    seat->taken = false;
  });
}

void Listeners::remove(std::uint64_t number, Seat& seat) {
  {
    const std::lock_guard lock(seat.mutex);
    seat.taken = false;
  }
  std::shared_ptr<Seat> last;  // dies outside the lock: it may own anything
  const std::lock_guard lock(mutex_);
  if (const auto at = by_number_.find(number); at != by_number_.end()) {
    last = std::move(at->second);
    by_number_.erase(at);
  }
  list_ = nullptr;
}

std::shared_ptr<const Listeners::Seats> Listeners::seats() {
  const std::lock_guard lock(mutex_);
  if (!list_) {
    Seats all;
    all.reserve(by_number_.size());
    for (const auto& [number, seat] : by_number_) all.push_back(seat);
    list_ = std::make_shared<const Seats>(std::move(all));
  }
  return list_;
}

void Listeners::wake() {
  const auto all = seats();
  for (const auto& seat : *all) {
    const std::lock_guard lock(seat->mutex);
    if (seat->taken) seat->listener();
  }
}

}  // namespace commonwatch::feed
