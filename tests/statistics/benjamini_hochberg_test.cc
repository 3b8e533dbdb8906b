#include "hub/statistics/benjamini_hochberg.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

namespace commonwatch::statistics {
namespace {

// The definition: the k smallest are rejected for the largest k with p(k) <= q k / m.
std::vector<bool> rejected_by_definition(const std::vector<double>& p_values, double q) {
  std::vector<double> sorted = p_values;
  std::ranges::sort(sorted);
  double largest = -1;
  for (std::size_t k = 1; k <= sorted.size(); ++k) {
    const double line = q * static_cast<double>(k) / static_cast<double>(sorted.size());
    if (sorted[k - 1] <= line) largest = sorted[k - 1];
  }
  std::vector<bool> result;
  for (const double p : p_values) result.push_back(p <= largest);
  return result;
}

TEST_CASE("The rejected tests are those of the definition, ties included") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<double> p_values(random() % 40);
    for (double& p : p_values) {
      p = static_cast<double>(random() % 64) / 63;
      if (random() % 2 == 0) p *= 0.05;
    }
    CAPTURE(seed);
    REQUIRE(rejected(p_values, 0.1) == rejected_by_definition(p_values, 0.1));
  }
}

TEST_CASE("The example of Benjamini and Hochberg (1995) rejects four of fifteen at 0.05") {
  const std::vector<double> p_values = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201,
                                        0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                                        0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  const auto result = rejected(p_values);
  CHECK(std::ranges::count(result, true) == 4);
  CHECK(std::all_of(result.begin(), result.begin() + 4, [](bool is) { return is; }));
}

TEST_CASE("A q-value is the smallest rate at which its test is rejected") {
  const std::vector<double> p_values = {0.2, 0.01, 0.04, 0.01, 0.9};
  const auto q = q_values(p_values);
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    CAPTURE(i);
    CHECK(rejected(p_values, q[i])[i]);
    CHECK_FALSE(rejected(p_values, q[i] * (1 - 1e-9))[i]);
  }
  CHECK(q[1] == q[3]);
}

TEST_CASE("No test gives no q-value, and a q-value is never above 1") {
  CHECK(q_values({}).empty());
  CHECK(q_values(std::vector<double>{1, 1, 0.9}) == std::vector<double>{1, 1, 1});
}

}  // namespace
}  // namespace commonwatch::statistics
