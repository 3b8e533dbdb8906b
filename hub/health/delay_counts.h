// How many events had which delay (recorded minus occurred), in bins. Pure.
//
// Bins of whole seconds: 0, 1, 2, 3, then four to each doubling, so that a bin is at most a quarter
// of its delay wide; the last holds everything beyond 97 days (2^23 seconds). An event that
// occurred after it was recorded has delay 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "hub/base/time.h"

namespace commonwatch::health {

class DelayCounts {
 public:
  static constexpr std::size_t kBins = 89;
  static std::size_t bin_of(Duration delay);
  // The smallest delay of a bin in seconds; of kBins: where the last one ends.
  static std::uint32_t lower_seconds(std::size_t bin);

  // Bins stay at their largest number instead of wrapping.
  void add(std::size_t bin, std::uint32_t events);
  void add(const DelayCounts& other) { add(other, 0, kBins - 1); }
  void add(const DelayCounts& other, std::size_t first_bin, std::size_t last_bin);
  void clear(std::size_t first_bin, std::size_t last_bin);
  std::uint64_t total() const;
  // The delay in seconds that this share of the events does not exceed, 0 < share <= 1; straight
  // lines inside a bin. 0 if there are no events.
  std::uint32_t quantile_seconds(double share) const;
  const std::array<std::uint32_t, kBins>& counts() const { return counts_; }

 private:
  std::array<std::uint32_t, kBins> counts_{};
};

// a + b, or the largest number if that is too much.
std::uint32_t add_saturating(std::uint32_t a, std::uint64_t b);

}  // namespace commonwatch::health
