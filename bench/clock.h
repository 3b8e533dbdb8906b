// Time on the measuring side: of the monotonic clock, and of the processor.
#pragma once

#include <time.h>

#include <chrono>
#include <cstdint>

namespace commonwatch::bench {

inline std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

inline double seconds_since(std::uint64_t began_ns) {
  return static_cast<double>(now_ns() - began_ns) / 1e9;
}

// Of the calling thread.
inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace commonwatch::bench
