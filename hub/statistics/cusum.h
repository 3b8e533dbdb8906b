// Cumulative sums in log-likelihood form, in nats: what a day adds, and what has added up. Pure.
//
// Each tests a rise of the mean by the factor `rise` (> 1; 1.5 is usual) against none, with the
// day's expectation m > 0, for instance the mean of its weekday:
//   Poisson             y ln q - m (q - 1)
//   negative binomial   y ln q - (y + 1/a) ln((1 + a m q) / (1 + a m)),   variance m + a m²
// The second becomes the first as a goes to 0. Sources: Lucas 1985, Technometrics 27:129; Höhle,
// Paul 2008, Comput Stat Data Anal 52:4357.
#pragma once

#include <algorithm>

namespace commonwatch::statistics {

inline constexpr double kCusumRise = 1.5;

double poisson_increment(double count, double expected, double rise = kCusumRise);
double negative_binomial_increment(double count, double expected, double dispersion,
                                   double rise = kCusumRise);

// S = max(0, S + increment), from 0. Not thread-safe.
class Cusum {
 public:
  double add(double increment) { return value_ = std::max(0.0, value_ + increment); }
  double value() const { return value_; }

 private:
  double value_ = 0;
};

}  // namespace commonwatch::statistics
