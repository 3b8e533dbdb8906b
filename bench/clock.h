// Time on the measuring side: nanoseconds of the monotonic clock.
#pragma once

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

}  // namespace commonwatch::bench
