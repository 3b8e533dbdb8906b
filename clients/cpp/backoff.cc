#include "clients/cpp/backoff.h"

#include <algorithm>

namespace commonwatch::client {

std::chrono::milliseconds Backoff::next() {
  auto whole = kBackoffFirst;
  for (int i = 0; i < attempts_ && whole < kBackoffMax; ++i) whole *= 2;
  whole = std::min(whole, kBackoffMax);
  ++attempts_;
  std::uniform_int_distribution<std::int64_t> draw(whole.count() / 2, whole.count());
  return std::chrono::milliseconds(draw(random_));
}

std::chrono::milliseconds Backoff::next_at_least(std::chrono::milliseconds asked) {
  return std::max(asked, next());
}

}  // namespace commonwatch::client
