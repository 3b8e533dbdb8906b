// The exact upper tail of the Poisson distribution, in logarithms. Pure; any thread.
#pragma once

#include <cstdint>

namespace commonwatch::statistics {

// -log10 P(X >= count) for X ~ Poisson(expected), expected > 0. Exact to about 1e-12 relative, and
// does not underflow: P may be 1e-100000.
double tail_score(std::uint64_t count, double expected);

// Never less than `tail_score`, and far cheaper: -log10 P(X = count).
double tail_score_bound(std::uint64_t count, double expected);

}  // namespace commonwatch::statistics
