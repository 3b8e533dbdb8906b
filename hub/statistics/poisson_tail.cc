#include "hub/statistics/poisson_tail.h"

#include <cmath>

#include "hub/statistics/poisson.h"

namespace commonwatch::statistics {

double poisson_tail(std::uint64_t count, double expected) {
  return std::exp(-tail_score(count, expected) * M_LN10);
}

}  // namespace commonwatch::statistics
