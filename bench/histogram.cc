#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace commonwatch::bench {

// Values below kSub have a bucket each; above, every power of two has kSub buckets.
std::size_t Histogram::bucket_of(std::uint64_t value) {
  if (value < kSub) return static_cast<std::size_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kSubBits;
  return static_cast<std::size_t>((shift + 1) * kSub + ((value >> shift) - kSub));
}

std::uint64_t Histogram::highest_of(std::size_t bucket) {
  if (bucket < kSub) return bucket;
  const std::size_t shift = bucket / kSub - 1;
  const std::uint64_t lowest = (kSub + bucket % kSub) << shift;
  return lowest + ((std::uint64_t{1} << shift) - 1);
}

void Histogram::record(std::uint64_t nanoseconds) {
  ++counts_[bucket_of(nanoseconds)];
  ++count_;
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
}

std::uint64_t Histogram::quantile(double quantile) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count_)));
  const std::uint64_t wanted =
      std::clamp<std::uint64_t>(rank, 1, std::max<std::uint64_t>(1, count_));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return highest_of(i);
  }
  return 0;
}

}  // namespace commonwatch::bench
