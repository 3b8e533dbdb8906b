#include "hub/statistics/thresholds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace commonwatch::statistics {

std::optional<double> mean_plus_two_deviations(std::span<const std::uint32_t> past) {
  if (past.size() < kDeviationDaysMin) return std::nullopt;
  const auto days = past.last(std::min(past.size(), kDeviationDaysMax));
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;
  for (const std::uint64_t count : days) {
    sum += count;
    squares += count * count;
  }
  const std::uint64_t n = days.size();
  const double variance =
      static_cast<double>(n * squares - sum * sum) / static_cast<double>(n * (n - 1));
  return static_cast<double>(sum) / static_cast<double>(n) + 2 * std::sqrt(variance);
}

std::optional<std::uint32_t> recommended_threshold(std::span<const std::uint32_t> past) {
  if (past.size() < kRecommendedDays) return std::nullopt;
  std::array<std::uint32_t, kRecommendedDays> days{};
  std::ranges::copy(past.last(kRecommendedDays), days.begin());
  std::ranges::nth_element(days, days.begin() + (kRecommendedTimes - 1), std::greater());
  return days[kRecommendedTimes - 1];
}

}  // namespace commonwatch::statistics
