#include "bench/detection/interval.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace commonwatch::detection {
namespace {

constexpr double kNormal95 = 1.959963984540054;

}  // namespace

Interval wilson(int hits, int trials) {
  const double n = trials;
  const double share = hits / n;
  const double z2 = kNormal95 * kNormal95;
  const double middle = share + z2 / (2 * n);
  const double half = kNormal95 * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return {std::max(0.0, (middle - half) / (1 + z2 / n)),
          std::min(1.0, (middle + half) / (1 + z2 / n))};
}

double mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Interval of_mean(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double middle = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  const double error = n > 1 ? std::sqrt(squares / (n - 1) / n) : middle;
  return {std::max(0.0, middle - kNormal95 * error), middle + kNormal95 * error};
}

}  // namespace commonwatch::detection
