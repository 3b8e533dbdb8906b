#include "hub/statistics/benjamini_hochberg.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace commonwatch::statistics {

std::vector<double> q_values(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // The place breaks ties, so that the order is one and the same everywhere.
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return p_values[a] != p_values[b] ? p_values[a] < p_values[b] : a < b;
  });
  std::vector<double> values(p_values.size());
  const auto tests = static_cast<double>(p_values.size());
  double least = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t test = order[rank - 1];
    least = std::min(least, tests / static_cast<double>(rank) * p_values[test]);
    values[test] = least;
  }
  return values;
}

std::vector<bool> rejected(std::span<const double> p_values, double q) {
  std::vector<bool> result;
  result.reserve(p_values.size());
  for (const double value : q_values(p_values)) result.push_back(value <= q);
  return result;
}

}  // namespace commonwatch::statistics
