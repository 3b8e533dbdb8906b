#include "bench/peers/peer_audience.h"

#include <algorithm>

#include "bench/clock.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
constexpr std::uint32_t kWave = 256;
// For the answers to the last greetings.
constexpr double kSettleSeconds = 3;

}  // namespace

void PeerCounter::part(std::string_view bytes) {
  bytes_ += bytes.size();
  if (delivery_bytes_ == 0) return;
  while (bytes_ >= (arrivals_.size() + 1) * delivery_bytes_) arrivals_.push_back(now_ns());
}

void PeerCounter::begin(std::size_t delivery_bytes) {
  bytes_ = 0;
  delivery_bytes_ = delivery_bytes;
}

PeerAudience::PeerAudience(Loop& loop, const FanoutPeer& peer, std::uint32_t size) {
  std::size_t greeted = 0;
  const auto greet = [&] {
    for (; greeted < sockets_.size() && sockets_[greeted]->is_open(); ++greeted) {
      std::string greeting = peer.greeting(static_cast<std::uint32_t>(greeted));
      if (!greeting.empty()) sockets_[greeted]->send(std::move(greeting));
    }
    check();
    return greeted == sockets_.size();
  };
  for (std::uint32_t i = 0; i < size; ++i) {
    counters_.push_back(std::make_unique<PeerCounter>());
    sockets_.push_back(std::make_unique<WebSocket>(loop, peer.port(), peer.path(), peer.protocol(),
                                                   *counters_.back()));
    if (sockets_.size() % kWave == 0) loop.run_until("subscribing", kConnectMax, greet);
  }
  loop.run_until("subscribing", kConnectMax, greet);
  const std::uint64_t began = now_ns();
  while (seconds_since(began) < kSettleSeconds) loop.poll(std::chrono::milliseconds(20));
}

void PeerAudience::begin(std::size_t delivery_bytes) {
  for (const auto& counter : counters_) counter->begin(delivery_bytes);
}

bool PeerAudience::has(std::uint32_t deliveries) const {
  return std::all_of(counters_.rbegin(), counters_.rend(),
                     [&](const auto& counter) { return counter->deliveries() >= deliveries; });
}

void PeerAudience::check() const {
  for (const auto& socket : sockets_) {
    require(!socket->is_gone(), "a subscriber: " + socket->reason());
  }
}

}  // namespace commonwatch::bench
