#include "hub/statistics/negative_binomial.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::statistics {
namespace {

// Terms below this part of the sum do not change it.
constexpr double kNegligible = 1e-15;
// Closer to 1, variance / mean is Poisson's: the size would have no digits left.
constexpr double kRatioMin = 1.0001;

// ln Gamma(x), x > 0: Stirling's series behind 16, where the next term is below 1e-14. std::lgamma
// writes a global, and differs between libraries; this does neither.
double log_gamma(double x) {
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  double below = 1;
  for (; x < 16; ++x) below *= x;
  const double inverse = 1 / (x * x);
  const double series =
      (1.0 / 12 + inverse * (-1.0 / 360 + inverse * (1.0 / 1260 - inverse / 1680))) / x;
  return (x - 0.5) * std::log(x) - x + kHalfLogTwoPi + series - std::log(below);
}

// P(k) / P(k - 1) is growth(k): (k - 1 + r) q / k, or m / k without a size.
struct Distribution {
  double mean = 0;
  double size = 0;  // r; 0: Poisson
  double q = 0;     // m / (r + m)

  double growth(double k) const { return size > 0 ? (k - 1 + size) * q / k : mean / k; }
  double log_probability(double k) const {
    if (size <= 0) return k * std::log(mean) - mean - log_gamma(k + 1);
    return log_gamma(k + size) - log_gamma(size) - log_gamma(k + 1) + size * std::log1p(-q) +
           k * std::log(q);
  }
};

Distribution make_distribution(double expected, double variance) {
  if (variance < kRatioMin * expected) return {expected, 0, 0};
  const double size = expected * expected / (variance - expected);
  return {expected, size, expected / (size + expected)};
}

// Both in units of P(count): the sum over more than count, falling for count >= mean, and over
// less.
double sum_above(const Distribution& counts, double count) {
  double sum = 0;
  double term = 1;
  for (double k = count + 1; term > kNegligible * (1 + sum); ++k) {
    term *= counts.growth(k);
    sum += term;
  }
  return sum;
}

double sum_below(const Distribution& counts, double count) {
  double sum = 0;
  double term = 1;
  for (double k = count; k > 0 && term > kNegligible * (1 + sum); --k) {
    term /= counts.growth(k);
    sum += term;
  }
  return sum;
}

}  // namespace

UpperTail negative_binomial_tail(std::uint64_t count, double expected, double variance) {
  if (count == 0 && !(expected > 0)) return {};
  const Distribution counts = make_distribution(expected, variance);
  const auto k = static_cast<double>(count);
  const double probability = std::exp(counts.log_probability(k));
  if (k > expected) {
    const double above = sum_above(counts, k);
    return {probability * (1 + above), probability * (0.5 + above)};
  }
  const double below = probability * sum_below(counts, k);
  return {std::max(0.0, 1 - below), std::max(0.0, 1 - below - probability / 2)};
}

}  // namespace commonwatch::statistics
