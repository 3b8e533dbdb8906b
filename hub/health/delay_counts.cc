#include "hub/health/delay_counts.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace commonwatch::health {
namespace {

constexpr unsigned kOctaveMax = 23;

}  // namespace

std::uint32_t add_saturating(std::uint32_t a, std::uint64_t b) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(kMost, a + std::min(kMost, b)));
}

std::size_t DelayCounts::bin_of(Duration delay) {
  const auto micros = delay.count();
  if (micros <= 0) return 0;
  const auto seconds = static_cast<std::uint64_t>(micros) / 1'000'000;
  if (seconds < 4) return seconds;
  const auto octave = static_cast<unsigned>(std::bit_width(seconds)) - 1;
  if (octave >= kOctaveMax) return kBins - 1;
  return 4 * (octave - 1) + ((seconds >> (octave - 2)) & 3U);
}

std::uint32_t DelayCounts::lower_seconds(std::size_t bin) {
  if (bin < 4) return static_cast<std::uint32_t>(bin);
  if (bin >= kBins) return 1U << (kOctaveMax + 1);
  const auto octave = static_cast<unsigned>(bin / 4) + 1;
  return (4U + static_cast<std::uint32_t>(bin % 4)) << (octave - 2);
}

void DelayCounts::add(std::size_t bin, std::uint32_t events) {
  counts_[bin] = add_saturating(counts_[bin], events);
}

void DelayCounts::add(const DelayCounts& other, std::size_t first_bin, std::size_t last_bin) {
  for (std::size_t bin = first_bin; bin <= last_bin; ++bin) add(bin, other.counts_[bin]);
}

void DelayCounts::clear(std::size_t first_bin, std::size_t last_bin) {
  for (std::size_t bin = first_bin; bin <= last_bin; ++bin) counts_[bin] = 0;
}

std::uint64_t DelayCounts::total() const {
  std::uint64_t sum = 0;
  for (const std::uint32_t count : counts_) sum += count;
  return sum;
}

std::uint32_t DelayCounts::quantile_seconds(double share) const {
  const double wanted = share * static_cast<double>(total());
  double below = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    if (counts_[bin] == 0) continue;
    const auto here = static_cast<double>(counts_[bin]);
    if (below + here < wanted) {
      below += here;
      continue;
    }
    const double low = lower_seconds(bin);
    const double width = lower_seconds(bin + 1) - low;
    return static_cast<std::uint32_t>(low + width * (wanted - below) / here);
  }
  return 0;
}

}  // namespace commonwatch::health
