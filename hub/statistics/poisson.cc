#include "hub/statistics/poisson.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace commonwatch::statistics {
namespace {

constexpr std::size_t kTableSize = 1024;
// Terms below this part of the sum do not change it.
constexpr double kNegligible = 1e-18;

std::array<double, kTableSize> make_table() {
  std::array<double, kTableSize> table{};
  double sum = 0;
  for (std::size_t n = 1; n < kTableSize; ++n) {
    sum += std::log(static_cast<double>(n));
    table[n] = sum;
  }
  return table;
}

// ln n!. std::lgamma writes a global, and differs between libraries; this does neither.
double log_factorial(std::uint64_t n) {
  static const std::array<double, kTableSize> table = make_table();
  if (n < kTableSize) return table[n];
  // Stirling's series; the next term is below 1e-18 here.
  const double x = static_cast<double>(n);
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  return (x + 0.5) * std::log(x) - x + kHalfLogTwoPi + 1 / (12 * x) - 1 / (360 * x * x * x);
}

double log_probability(std::uint64_t count, double expected) {
  return static_cast<double>(count) * std::log(expected) - expected - log_factorial(count);
}

// P(X >= count) / P(X = count) = 1 + B/(c+1) + B^2/((c+1)(c+2)) + ..., falling for c >= B.
double upper_terms(std::uint64_t count, double expected) {
  double sum = 1;
  double term = 1;
  for (double k = static_cast<double>(count) + 1; term > kNegligible * sum; ++k) {
    term *= expected / k;
    sum += term;
  }
  return sum;
}

// P(X <= count) / P(X = count) = 1 + c/B + c(c-1)/B^2 + ..., falling for c <= B.
double lower_terms(std::uint64_t count, double expected) {
  double sum = 1;
  double term = 1;
  for (double k = static_cast<double>(count); k > 0 && term > kNegligible * sum; --k) {
    term *= k / expected;
    sum += term;
  }
  return sum;
}

}  // namespace

double tail_score(std::uint64_t count, double expected) {
  if (count == 0) return 0;
  if (static_cast<double>(count) > expected) {
    const double log_tail =
        log_probability(count, expected) + std::log(upper_terms(count, expected));
    return std::max(0.0, -log_tail / M_LN10);
  }
  const double below =
      std::exp(log_probability(count - 1, expected)) * lower_terms(count - 1, expected);
  return std::max(0.0, -std::log1p(-below) / M_LN10);
}

double tail_score_bound(std::uint64_t count, double expected) {
  return -log_probability(count, expected) / M_LN10;
}

}  // namespace commonwatch::statistics
