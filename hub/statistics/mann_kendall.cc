#include "hub/statistics/mann_kendall.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace commonwatch::statistics {
namespace {

std::int64_t sign(double value) { return (value > 0 ? 1 : 0) - (value < 0 ? 1 : 0); }

std::int64_t term(std::int64_t n) { return n * (n - 1) * (2 * n + 5); }

double variance_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  std::int64_t sum = term(static_cast<std::int64_t>(sorted.size()));
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto next = std::upper_bound(first, sorted.end(), *first);
    sum -= term(next - first);
    first = next;
  }
  return static_cast<double>(sum) / 18;
}

}  // namespace

MannKendall mann_kendall(std::span<const double> values) {
  MannKendall trend;
  for (std::size_t j = 1; j < values.size(); ++j) {
    for (std::size_t i = 0; i < j; ++i) trend.s += sign(values[j] - values[i]);
  }
  trend.variance = variance_of(values);
  if (!(trend.variance > 0)) return trend;
  const std::int64_t corrected = trend.s - sign(static_cast<double>(trend.s));
  trend.z = static_cast<double>(corrected) / std::sqrt(trend.variance);
  trend.p = std::erfc(std::abs(trend.z) / std::sqrt(2.0));
  return trend;
}

}  // namespace commonwatch::statistics
