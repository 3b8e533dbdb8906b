// How long to wait before the next attempt: doubling, with jitter, so that clients of a hub that
// came back do not come back all at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace commonwatch::client {

inline constexpr std::chrono::milliseconds kBackoffFirst{500};
inline constexpr std::chrono::milliseconds kBackoffMax{20'000};

class Backoff {
 public:
  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  // The nth pause since reset(): between half of and the whole of min(0.5 s * 2^n, 20 s).
  std::chrono::milliseconds next();
  // As next(), but not below what the hub asked for.
  std::chrono::milliseconds next_at_least(std::chrono::milliseconds asked);
  // After an attempt that worked.
  void reset() { attempts_ = 0; }

 private:
  std::mt19937_64 random_;
  int attempts_ = 0;
};

}  // namespace commonwatch::client
