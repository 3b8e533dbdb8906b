// A responder's connection that reads everything and keeps nothing but what tells whether it got
// what all others got. On its loop's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/messages.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {

// Counts ticks: the deltas that one tick brings, up to their progress. The sum runs over the bytes
// of all deltas, in order.
class DeltaCounter final : public MessageSink {
 public:
  // `reads_counts`: takes each delta apart, for `counts`.
  explicit DeltaCounter(bool reads_counts) : reads_counts_(reads_counts) {}

  void part(std::string_view bytes) override;
  void end() override;

  // What came so far no longer counts.
  void begin();
  bool is_current() const { return progressed_; }  // a first progress has come
  std::uint32_t ticks() const { return static_cast<std::uint32_t>(arrivals_.size()); }
  std::uint32_t sum() const { return sum_; }
  // Of all ticks, with the headers of their frames.
  std::uint64_t bytes() const { return bytes_; }
  // When each tick had arrived whole.
  const std::vector<std::uint64_t>& arrivals() const { return arrivals_; }
  // For each tick the persons of the first hotspot, as last shown.
  const std::vector<std::uint32_t>& counts() const { return counts_; }

 private:
  void end_tick();

  bool reads_counts_;
  bool in_message_ = false;
  bool progressed_ = false;
  bool in_tick_ = false;  // a delta came, and its progress has not
  Tag tag_{};
  std::uint32_t sum_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t tick_bytes_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::vector<std::uint64_t> arrivals_;
  std::vector<std::uint32_t> counts_;
  std::string kept_;  // of a delta that is read, or of a refusal
};

class Subscriber {
 public:
  // To everything that the hub shows; of tiles, to these. `tls`: nothing for plain TCP.
  Subscriber(Loop& loop, std::uint16_t port, bool reads_counts, SSL_CTX* tls = nullptr,
             std::vector<model::Cell> tiles = {});
  // Says hello and subscribes once the connection is open. True when it holds the current state.
  bool open();
  const DeltaCounter& counter() const { return counter_; }
  void begin() { counter_.begin(); }
  void stop_reading() { socket_.stop_reading(); }
  // Incomplete if the connection is gone.
  void check() const;

 private:
  DeltaCounter counter_;
  WebSocket socket_;
  std::vector<model::Cell> tiles_;
  bool greeted_ = false;
};

}  // namespace commonwatch::bench
