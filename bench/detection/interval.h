// 95 % intervals of what was counted.
#pragma once

#include <span>

namespace commonwatch::detection {

struct Interval {
  double low = 0;
  double high = 0;
};

// Of a probability, `hits` of `trials` (Wilson 1927). `trials` > 0.
Interval wilson(int hits, int trials);

double mean(std::span<const double> values);

// Of the mean of independent values, normal; the standard error is theirs.
Interval of_mean(std::span<const double> values);

}  // namespace commonwatch::detection
