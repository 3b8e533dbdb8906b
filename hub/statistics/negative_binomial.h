// The upper tail of a negative binomial count, by its mean and variance. Pure; any thread.
#pragma once

#include <cstdint>

namespace commonwatch::statistics {

struct UpperTail {
  double at_least = 1;  // P(X >= count)
  double middle = 1;    // P(X > count) + P(X = count) / 2: uniform on average, also on few counts
};

// expected > 0. With variance v = m + m²/r the size r is m² / (v - m); a variance that is not above
// the mean gives the Poisson distribution. To about 1e-9 relative. Takes as many steps as a few
// dozen standard deviations hold counts.
UpperTail negative_binomial_tail(std::uint64_t count, double expected, double variance);

}  // namespace commonwatch::statistics
