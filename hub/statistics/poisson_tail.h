// The exact upper tail of the Poisson distribution, as a probability. Pure; any thread.
#pragma once

#include <cstdint>

namespace commonwatch::statistics {

// P(X >= count) for X ~ Poisson(expected), expected > 0, to about 1e-11 relative; 0 where it is
// below what a double can hold (`tail_score` of poisson.h has no such end). 1 for a count of 0.
double poisson_tail(std::uint64_t count, double expected);

}  // namespace commonwatch::statistics
