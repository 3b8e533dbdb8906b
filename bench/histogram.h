// Latencies, kept as counts in buckets whose width is at most 1/64 of their value (after Tene's
// HdrHistogram). Memory is constant; nothing recorded is lost. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace commonwatch::bench {

class Histogram {
 public:
  void record(std::uint64_t nanoseconds);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  // The highest value of the bucket in which the quantile (0 to 1) lies; 0 when nothing was
  // recorded.
  std::uint64_t quantile(double quantile) const;
  double quantile_ms(double at) const { return static_cast<double>(quantile(at)) / 1e6; }

 private:
  static constexpr unsigned kSubBits = 6;
  static constexpr std::size_t kSub = std::size_t{1} << kSubBits;
  static constexpr std::size_t kBuckets = (64 - kSubBits + 1) * kSub;
  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t highest_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace commonwatch::bench
