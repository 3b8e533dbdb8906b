// Whether a short series rises or falls, whatever the shape. Pure; any thread.
//
// Source: Mann 1945, Econometrica 13:245; Kendall 1975, Rank Correlation Methods. With n values and
// t the size of each group of equal ones:
//   S   = sum over i < j of sign(x_j - x_i)
//   Var = [n (n-1) (2n+5) - sum t (t-1) (2t+5)] / 18
//   z   = (S - sign(S)) / sqrt(Var), p = P(|Z| >= |z|) of the standard normal distribution
#pragma once

#include <cstdint>
#include <span>

namespace commonwatch::statistics {

struct MannKendall {
  std::int64_t s = 0;
  double variance = 0;  // of S if there is no trend; 0 where all values are equal
  double z = 0;         // with the correction for continuity; 0 where the variance is
  double p = 1;         // two-sided
};

// Quadratic in the number of values: meant for dozens of time slices. No value may be NaN.
MannKendall mann_kendall(std::span<const double> values);

}  // namespace commonwatch::statistics
