#include "bench/audience.h"

#include <algorithm>

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);

}  // namespace

Audience::Audience(Loop& loop, std::uint16_t port, std::uint32_t size, std::uint32_t wave,
                   SSL_CTX* tls)
    : loop_(loop) {
  for (std::uint32_t i = 0; i < size; ++i) {
    subscribers_.push_back(std::make_unique<Subscriber>(loop, port, i == 0, tls));
    if (subscribers_.size() % wave == 0) wait_until_current();
  }
  wait_until_current();
  readers_ = subscribers_.size();
}

void Audience::stop_reading(std::uint32_t count) {
  for (; count > 0; --count) subscribers_[--readers_]->stop_reading();
}

bool Audience::has(std::uint32_t batches) const {
  const auto& counts = first().counts();
  return !counts.empty() && counts.back() == batches &&
         std::all_of(subscribers_.begin(),
                     subscribers_.begin() + static_cast<std::ptrdiff_t>(readers_),
                     [&](const auto& subscriber) {
                       subscriber->check();
                       return subscriber->counter().ticks() >= first().ticks();
                     });
}

void Audience::check_equal() const {
  for (std::size_t i = 0; i < readers_; ++i) {
    const DeltaCounter& counter = subscribers_[i]->counter();
    require(counter.ticks() == first().ticks() && counter.sum() == first().sum(),
            "a subscriber did not get the deltas that the first one got");
  }
}

void Audience::wait_until_current() {
  loop_.run_until("subscribing", kConnectMax, [this] {
    while (current_ < subscribers_.size() && subscribers_[current_]->open()) ++current_;
    for (std::size_t i = current_; i < subscribers_.size(); ++i) subscribers_[i]->open();
    return current_ == subscribers_.size();
  });
}

}  // namespace commonwatch::bench
