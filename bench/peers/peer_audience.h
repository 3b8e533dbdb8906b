// Subscribers of a peer, and when each had what was published.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bench/peers/fanout_peer.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {

// Counts deliveries by their bytes.
class PeerCounter final : public MessageSink {
 public:
  void part(std::string_view bytes) override;
  void end() override {}
  // What came so far (answers to the greeting) does not count.
  void begin(std::size_t delivery_bytes);
  std::uint32_t deliveries() const { return static_cast<std::uint32_t>(arrivals_.size()); }
  const std::vector<std::uint64_t>& arrivals() const { return arrivals_; }

 private:
  std::uint64_t bytes_ = 0;
  std::uint64_t delivery_bytes_ = 0;
  std::vector<std::uint64_t> arrivals_;
};

class PeerAudience {
 public:
  // Connects all, and lets each say its greeting.
  PeerAudience(Loop& loop, const FanoutPeer& peer, std::uint32_t size);

  void begin(std::size_t delivery_bytes);
  bool has(std::uint32_t deliveries) const;
  // Incomplete if a connection is gone.
  void check() const;
  const PeerCounter& counter(std::size_t subscriber) const { return *counters_[subscriber]; }
  std::size_t size() const { return sockets_.size(); }

 private:
  std::vector<std::unique_ptr<PeerCounter>> counters_;
  std::vector<std::unique_ptr<WebSocket>> sockets_;
};

}  // namespace commonwatch::bench
