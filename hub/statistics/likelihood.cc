#include "hub/statistics/likelihood.h"

#include <cmath>

namespace commonwatch::statistics {
namespace {

// Below this the two forms differ by less than a double can tell.
constexpr double kDispersionMin = 1e-9;
constexpr int kBisections = 64;

}  // namespace

double log_likelihood_ratio(double count, double expected, double dispersion) {
  if (!(count > expected)) return 0;
  const double gain = count * std::log(count / expected);
  if (dispersion < kDispersionMin) return gain + expected - count;
  const double grown = std::log1p(dispersion * (count - expected) / (1 + dispersion * expected));
  return gain - (count + 1 / dispersion) * grown;
}

double expectation_at(double count, double score, double dispersion) {
  double low = 0;
  double high = count;
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    if (middle <= 0 || middle >= high) break;
    (log_likelihood_ratio(count, middle, dispersion) >= score ? low : high) = middle;
  }
  return low;
}

double permutation_ratio(double count, double in_zone, double in_window, double in_all) {
  const double expected = in_zone * in_window / in_all;
  if (!(count > expected)) return 0;
  const double outside = in_all - count;
  const double rest = outside > 0 ? outside * std::log(outside / (in_all - expected)) : 0;
  return count * std::log(count / expected) + rest;
}

}  // namespace commonwatch::statistics
