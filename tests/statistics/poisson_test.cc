#include "hub/statistics/poisson.h"

#include <catch2/catch.hpp>
#include <cmath>

namespace commonwatch::statistics {
namespace {

// The definition: one minus the sum of what lies below, in long double.
long double tail_by_definition(int count, long double expected) {
  long double term = std::exp(-expected);
  long double below = 0;
  for (int k = 0; k < count; ++k) {
    below += term;
    term *= expected / static_cast<long double>(k + 1);
  }
  return 1 - below;
}

TEST_CASE("The Poisson tail equals the sum that defines it") {
  for (const double expected : {0.01, 0.3, 1.0, 2.5, 7.0, 30.0}) {
    for (int count = 0; count <= 40; ++count) {
      const long double tail = tail_by_definition(count, expected);
      if (tail < 1e-9L) break;  // the difference has no digits left
      CAPTURE(expected, count);
      CHECK(tail_score(static_cast<std::uint64_t>(count), expected) ==
            Approx(static_cast<double>(-std::log10(tail))).epsilon(1e-8).margin(1e-10));
    }
  }
}

TEST_CASE("The Poisson tail agrees with 60-digit arithmetic, also where a double underflows") {
  CHECK(tail_score(3, 0.07) == Approx(4.265617534611378).epsilon(1e-12));
  CHECK(tail_score(1000, 1) == Approx(2568.038504626990208).epsilon(1e-12));
  CHECK(tail_score(2000, 1.5) == Approx(5383.989248480520852).epsilon(1e-12));
}

TEST_CASE("The Poisson tail neither jumps where it changes its series nor at the factorial table") {
  for (const double expected : {900.0, 1023.5, 1100.0, 50000.0}) {
    const auto middle = static_cast<std::uint64_t>(expected);
    double before = tail_score(middle - 200, expected);
    for (std::uint64_t count = middle - 199; count < middle + 200; ++count) {
      const double score = tail_score(count, expected);
      CAPTURE(expected, count);
      REQUIRE(score > before);
      REQUIRE(score - before < 0.2);
      before = score;
    }
  }
}

TEST_CASE("The bound of the Poisson score is never below the score") {
  for (const double expected : {1e-6, 0.05, 1.0, 12.0, 400.0}) {
    for (std::uint64_t count = 1; count < 600; count += 7) {
      REQUIRE(tail_score_bound(count, expected) >= tail_score(count, expected) - 1e-12);
    }
  }
}

TEST_CASE("No count is no surprise") {
  CHECK(tail_score(0, 5) == 0);
  CHECK(tail_score(1, 1e6) == 0);
}

}  // namespace
}  // namespace commonwatch::statistics
