// A partner's connection: opens its source, sends prepared frames within the credit, and reads the
// acknowledgements. On its loop's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "bench/events.h"
#include "bench/histogram.h"
#include "bench/messages.h"
#include "bench/web_socket.h"

namespace commonwatch::bench {

class Publisher {
 public:
  // Batches that are sent and not acknowledged: as many as the credit allows, or one (closed loop).
  enum class Flow { kCredit, kOneInFlight };

  // `token`: empty where the hub has no accounts.
  Publisher(Loop& loop, std::uint16_t port, std::string source, Flow flow, std::string token = "");

  // Says hello and opens the source once the connection is open. True when the source is open.
  bool open();
  void enqueue(Batch batch);
  // Sends what may be sent. Acknowledgements send what follows by themselves.
  void pump();

  bool is_idle() const { return queue_.empty() && sent_.empty(); }
  const std::string& source() const { return source_; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t stored() const { return stored_; }
  // From when a batch was due, or handed to the network, to its acknowledgement.
  const Histogram& latency() const { return latency_; }

 private:
  struct Sent {
    std::uint64_t last_sequence;
    std::uint64_t at_ns;
  };
  void take(std::string_view message);
  void acknowledge(std::uint64_t sequence);

  std::string source_;
  Flow flow_;
  std::string token_;
  WholeMessages sink_;
  WebSocket socket_;
  bool greeted_ = false;
  bool opened_ = false;
  std::uint64_t credit_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t stored_ = 0;
  std::deque<Batch> queue_;
  std::deque<Sent> sent_;
  Histogram latency_;
};

}  // namespace commonwatch::bench
