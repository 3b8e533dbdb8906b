// The limit of fan-out: one thread that writes the same bytes to every connection with one send
// each, over loopback TCP, and does nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/subscriber.h"

namespace commonwatch::bench {

class RawSends {
 public:
  // Connects `receivers` sockets, which read as subscribers do.
  RawSends(Loop& loop, std::uint32_t receivers);
  ~RawSends();
  RawSends(const RawSends&) = delete;
  RawSends& operator=(const RawSends&) = delete;

  // Sends `bytes` to every receiver `times` times, once each `interval` (0: at once).
  void start(std::string bytes, std::uint32_t times, std::chrono::nanoseconds interval);
  // After the last delivery: user and system time of the sending thread, in seconds.
  double finish();

  const DeltaCounter& counter(std::size_t receiver) const { return *counters_[receiver]; }

 private:
  void send_all(const std::string& bytes, std::uint32_t times, std::chrono::nanoseconds interval);

  std::vector<std::unique_ptr<DeltaCounter>> counters_;
  std::vector<std::unique_ptr<WebSocket>> receivers_;
  std::vector<int> senders_;
  std::thread thread_;
  double cpu_seconds_ = 0;
  bool failed_ = false;
};

}  // namespace commonwatch::bench
