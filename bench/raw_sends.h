// The limit of fan-out: one process that writes the same bytes to every connection with one send
// each, over loopback TCP, and does nothing else.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
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
  void start(const std::string& bytes, std::uint32_t times, std::chrono::nanoseconds interval);
  // After the last delivery: user and system time of the sending process, in seconds.
  double finish();

  const DeltaCounter& counter(std::size_t receiver) const { return *counters_[receiver]; }

 private:
  std::vector<std::unique_ptr<DeltaCounter>> counters_;
  std::vector<std::unique_ptr<WebSocket>> receivers_;
  // The other end: a process of its own, since one may not hold both ends of 10,000 connections.
  int commands_ = -1;
  pid_t sender_ = -1;
};

}  // namespace commonwatch::bench
