#include "hub/statistics/poisson_tail.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "hub/statistics/negative_binomial.h"

namespace commonwatch::statistics {
namespace {

TEST_CASE("The Poisson tail is the sum of the probabilities from the count on") {
  for (const double expected : {0.05, 1.0, 6.5, 40.0}) {
    for (std::uint64_t count = 0; count < 90; ++count) {
      long double sum = 0;
      long double term = std::exp(-static_cast<long double>(expected));
      for (std::uint64_t k = 0; k < 400; ++k) {
        if (k >= count) sum += term;
        term *= static_cast<long double>(expected) / static_cast<long double>(k + 1);
      }
      CAPTURE(expected, count);
      REQUIRE(poisson_tail(count, expected) == Approx(static_cast<double>(sum)).epsilon(1e-10));
    }
  }
}

TEST_CASE("Where no double is small enough the Poisson tail is 0, and never negative") {
  CHECK(poisson_tail(1000, 1) == 0);
  CHECK(poisson_tail(0, 5) == 1);
}

TEST_CASE("The negative binomial tail is the sum of the probabilities from the count on") {
  for (const double ratio : {1.01, 1.5, 4.0, 20.0}) {
    for (const double expected : {0.3, 4.0, 60.0}) {
      const long double size = static_cast<long double>(expected) / (ratio - 1.0L);
      const long double q = 1 - 1 / static_cast<long double>(ratio);
      for (const std::uint64_t count : {0U, 1U, 3U, 12U, 59U, 60U, 61U, 140U}) {
        long double term = std::pow(1 - q, size);
        long double sum = 0;
        long double at = 0;
        for (std::uint64_t k = 0; k < 4000; ++k) {
          if (k >= count) sum += term;
          if (k == count) at = term;
          term *= (static_cast<long double>(k) + size) * q / static_cast<long double>(k + 1);
        }
        CAPTURE(ratio, expected, count);
        const UpperTail tail = negative_binomial_tail(count, expected, ratio * expected);
        REQUIRE(tail.at_least == Approx(static_cast<double>(sum)).epsilon(1e-9));
        REQUIRE(tail.middle == Approx(static_cast<double>(sum - at / 2)).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("Without more variance than the mean the negative binomial tail is Poisson's") {
  for (const std::uint64_t count : {0U, 2U, 9U, 30U}) {
    const double poisson = poisson_tail(count, 8.5);
    CAPTURE(count);
    CHECK(negative_binomial_tail(count, 8.5, 8.5).at_least == Approx(poisson).epsilon(1e-10));
    CHECK(negative_binomial_tail(count, 8.5, 2).at_least == Approx(poisson).epsilon(1e-10));
    CHECK(negative_binomial_tail(count, 8.5, 8.5 * 1.0002).at_least ==
          Approx(poisson).epsilon(0.03));
  }
}

}  // namespace
}  // namespace commonwatch::statistics
