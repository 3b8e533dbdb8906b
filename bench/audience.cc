#include "bench/audience.h"

#include <algorithm>
#include <utility>

#include "bench/clock.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
// Longer than a tick takes to reach all.
constexpr double kQuietSeconds = 0.5;

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

void Audience::begin() {
  std::uint64_t seen = 0;
  std::uint64_t since = now_ns();
  loop_.run_until("quiet before the feed", kConnectMax, [&] {
    std::uint64_t ticks = 0;
    for (const auto& subscriber : subscribers_) ticks += subscriber->counter().ticks();
    if (std::exchange(seen, ticks) != ticks) since = now_ns();
    return seconds_since(since) > kQuietSeconds;
  });
  for (const auto& subscriber : subscribers_) subscriber->begin();
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
