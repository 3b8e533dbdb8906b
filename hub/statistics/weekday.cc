#include "hub/statistics/weekday.h"

#include <algorithm>

namespace commonwatch::statistics {
namespace {

constexpr double kDispersionMin = 1e-6;

}  // namespace

std::array<double, kWeekdays> day_of_week_means(std::span<const std::uint32_t> counts) {
  std::array<std::uint64_t, kWeekdays> sums{};
  for (std::size_t day = 0; day < counts.size(); ++day) sums[day % kWeekdays] += counts[day];
  std::array<double, kWeekdays> means{};
  for (std::size_t weekday = 0; weekday < kWeekdays; ++weekday) {
    // How many of the days are this weekday.
    const std::size_t days = (counts.size() + kWeekdays - 1 - weekday) / kWeekdays;
    if (days > 0) means[weekday] = static_cast<double>(sums[weekday]) / static_cast<double>(days);
  }
  return means;
}

double overdispersion(std::span<const std::uint32_t> counts,
                      const std::array<double, kWeekdays>& means) {
  double excess = 0;
  double squares = 0;
  for (std::size_t day = 0; day < counts.size(); ++day) {
    const double mean = means[day % kWeekdays];
    const double error = static_cast<double>(counts[day]) - mean;
    excess += error * error - mean;
    squares += mean * mean;
  }
  return squares > 0 ? std::max(kDispersionMin, excess / squares) : kDispersionMin;
}

}  // namespace commonwatch::statistics
