// How far a count lies beyond expectation: log-likelihood ratios, in nats. Pure.
#pragma once

namespace commonwatch::statistics {

// Expectation-based scan statistic (Neill 2005, "Expectation-based scan statistics for monitoring
// spatial time series") for a negative binomial count with mean B and variance B + dispersion B²:
//   C ln(C/B) - (C + 1/a) ln((1 + a C) / (1 + a B))
// and, as the dispersion goes to 0, C ln(C/B) + B - C. 0 unless count > expected; expected > 0.
double log_likelihood_ratio(double count, double expected, double dispersion);

// The largest expectation at which a count still reaches the score: for every greater one the
// ratio is smaller. 0 if it never does.
double expectation_at(double count, double score, double dispersion);

// Space-time permutation scan statistic (Kulldorff 2005, PLoS Med 2:e59) with B = zone · window /
// all:  C ln(C/B) + (N - C) ln((N - C) / (N - B)). 0 unless count > B.
double permutation_ratio(double count, double in_zone, double in_window, double in_all);

}  // namespace commonwatch::statistics
