#include "hub/statistics/likelihood.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/statistics/oracle.h"

namespace commonwatch::statistics {
namespace {

double log_mass(double count, double mean, double dispersion) {
  const double size = 1 / dispersion;
  return std::lgamma(count + size) - std::lgamma(size) - std::lgamma(count + 1) -
         size * std::log1p(dispersion * mean) + count * std::log(mean / (size + mean));
}

TEST_CASE("The ratio is the difference of two negative binomial log-likelihoods") {
  for (const double dispersion : {0.01, 0.05, 0.5, 3.0}) {
    for (const double count : {3.0, 8.0, 60.0}) {
      for (const double expected : {0.02, 0.9, 2.9}) {
        CAPTURE(dispersion, count, expected);
        const double by_definition =
            log_mass(count, count, dispersion) - log_mass(count, expected, dispersion);
        CHECK(log_likelihood_ratio(count, expected, dispersion) ==
              Approx(by_definition).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("The ratio becomes Poisson's as the dispersion goes to 0") {
  for (const double count : {3.0, 20.0, 400.0}) {
    const double expected = count / 3;
    const double poisson = count * std::log(count / expected) + expected - count;
    CAPTURE(count);
    CHECK(log_likelihood_ratio(count, expected, 0) == Approx(poisson).epsilon(1e-12));
    CHECK(log_likelihood_ratio(count, expected, 1.1e-9) == Approx(poisson).epsilon(1e-5));
    CHECK(log_likelihood_ratio(count, expected, 1e-5) == Approx(poisson).epsilon(1e-2));
  }
}

TEST_CASE("The ratio is 0 up to the expectation, and falls as the expectation grows") {
  for (const double dispersion : {0.0, 0.04, 1.0}) {
    CAPTURE(dispersion);
    CHECK(log_likelihood_ratio(5, 5, dispersion) == 0);
    CHECK(log_likelihood_ratio(5, 7, dispersion) == 0);
    double before = log_likelihood_ratio(9, 0.01, dispersion);
    for (double expected = 0.02; expected < 9; expected += 0.01) {
      const double now = log_likelihood_ratio(9, expected, dispersion);
      REQUIRE(now < before);
      before = now;
    }
  }
}

TEST_CASE("More dispersion makes the same count say less") {
  double before = log_likelihood_ratio(30, 10, 0);
  for (const double dispersion : {0.001, 0.01, 0.1, 1.0, 10.0}) {
    const double now = log_likelihood_ratio(30, 10, dispersion);
    CAPTURE(dispersion);
    CHECK(now < before);
    CHECK(now > 0);
    before = now;
  }
}

TEST_CASE("The expectation at a score gives this score, and is the largest that reaches it") {
  for (const double dispersion : {0.0, 0.03, 0.4}) {
    for (const double count : {3.0, 11.0, 150.0}) {
      for (const double score : {0.5, 2.0, 4.0}) {
        const double expected = expectation_at(count, score, dispersion);
        CAPTURE(dispersion, count, score);
        REQUIRE(expected > 0);
        REQUIRE(expected < count);
        CHECK(log_likelihood_ratio(count, expected, dispersion) == Approx(score).epsilon(1e-9));
        CHECK(log_likelihood_ratio(count, expected * (1 + 1e-6), dispersion) < score);
      }
    }
  }
}

TEST_CASE("The permutation statistic agrees with the oracle for every cell and number of days") {
  if (!test::oracle_is_there()) return;
  for (const char* file : {"stperm_llr_L13_2016-06-22.csv", "stperm_llr_L13_2016-12-17.csv"}) {
    const auto table = test::read_oracle(file);
    for (std::size_t row = 0; row < table.at("cell").size(); ++row) {
      const auto at = [&](const char* column) { return test::number(table.at(column)[row]); };
      CAPTURE(file, row);
      REQUIRE(permutation_ratio(at("C"), at("c_zone"), at("c_days"), at("N")) ==
              Approx(at("LLR")).epsilon(1e-9));
    }
  }
}

TEST_CASE("The permutation statistic is 0 where a zone's share of the window is its share of all") {
  CHECK(permutation_ratio(2, 20, 10, 100) == 0);
  CHECK(permutation_ratio(1, 20, 10, 100) == 0);
  CHECK(permutation_ratio(3, 20, 10, 100) > 0);
  // All of them, in this zone and this window: nothing could be more.
  CHECK(permutation_ratio(10, 10, 10, 10) == 0);
}

}  // namespace
}  // namespace commonwatch::statistics
