#include "hub/statistics/ears.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::statistics {
namespace {

constexpr std::size_t kGuardDays = 2;
using Counts = std::span<const std::uint32_t>;

struct Baseline {
  double mean = 0;
  double deviation = 0;
};

// Of the seven days that end `guard` days before the last one. Sums of integers: exact, and 0 only
// where all seven are the same.
std::optional<Baseline> baseline_of(Counts counts, std::size_t guard, double deviation_min) {
  if (counts.size() < kEarsBaselineDays + guard + 1) return std::nullopt;
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;
  for (const std::uint64_t count :
       counts.subspan(counts.size() - 1 - guard - kEarsBaselineDays, kEarsBaselineDays)) {
    sum += count;
    squares += count * count;
  }
  constexpr std::uint64_t kDays = kEarsBaselineDays;
  const double variance =
      static_cast<double>(kDays * squares - sum * sum) / static_cast<double>(kDays * (kDays - 1));
  const double deviation = std::max(std::sqrt(variance), deviation_min);
  if (!(deviation > 0)) return std::nullopt;
  return Baseline{static_cast<double>(sum) / static_cast<double>(kDays), deviation};
}

std::optional<double> score(Counts counts, std::size_t guard, double deviation_min) {
  const auto baseline = baseline_of(counts, guard, deviation_min);
  if (!baseline) return std::nullopt;
  return (static_cast<double>(counts.back()) - baseline->mean) / baseline->deviation;
}

std::optional<double> bound(Counts counts, std::size_t guard, double threshold,
                            double deviation_min) {
  const auto baseline = baseline_of(counts, guard, deviation_min);
  if (!baseline) return std::nullopt;
  return baseline->mean + threshold * baseline->deviation;
}

}  // namespace

std::optional<double> ears_c1(Counts counts, double deviation_min) {
  return score(counts, 0, deviation_min);
}

std::optional<double> ears_c2(Counts counts, double deviation_min) {
  return score(counts, kGuardDays, deviation_min);
}

std::optional<double> ears_c3(Counts counts, double deviation_min) {
  if (counts.size() < kEarsC3Days) return std::nullopt;
  double sum = 0;
  for (std::size_t back = 0; back < 3; ++back) {
    const auto c2 = ears_c2(counts.first(counts.size() - back), deviation_min);
    if (!c2) return std::nullopt;
    sum += std::max(0.0, *c2 - 1);
  }
  return sum;
}

std::optional<double> ears_c1_bound(Counts counts, double deviation_min) {
  return bound(counts, 0, kEarsC1Threshold, deviation_min);
}

std::optional<double> ears_c2_bound(Counts counts, double deviation_min) {
  return bound(counts, kGuardDays, kEarsC2Threshold, deviation_min);
}

}  // namespace commonwatch::statistics
