#include "hub/statistics/cusum.h"

#include <cmath>

namespace commonwatch::statistics {
namespace {

// Below this the two forms differ by less than a double can tell.
constexpr double kDispersionMin = 1e-9;

}  // namespace

double poisson_increment(double count, double expected, double rise) {
  return count * std::log(rise) - expected * (rise - 1);
}

double negative_binomial_increment(double count, double expected, double dispersion, double rise) {
  if (dispersion < kDispersionMin) return poisson_increment(count, expected, rise);
  const double grown = std::log1p(dispersion * expected * (rise - 1) / (1 + dispersion * expected));
  return count * std::log(rise) - (count + 1 / dispersion) * grown;
}

}  // namespace commonwatch::statistics
