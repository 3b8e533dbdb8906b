// Which of many tests are significant when a share of false ones is allowed. Pure; any thread.
//
// Source: Benjamini, Hochberg 1995, J R Stat Soc B 57:289. With p sorted, the k smallest are
// rejected for the largest k with p(k) <= q k / m. The q-value of a test is the smallest q at which
// it is rejected: the least of p(j) m / j over j at or behind its rank (R's p.adjust, "BH"). Valid
// for independent tests and for the positive dependence of overlapping sums.
#pragma once

#include <span>
#include <vector>

namespace commonwatch::statistics {

inline constexpr double kFalseDiscoveryRate = 0.05;

// In the order of the input; each 0 to 1. Equal p give equal q-values.
std::vector<double> q_values(std::span<const double> p_values);

// Whether each is rejected at `q`, in the order of the input: its q-value is at most q.
std::vector<bool> rejected(std::span<const double> p_values, double q = kFalseDiscoveryRate);

}  // namespace commonwatch::statistics
