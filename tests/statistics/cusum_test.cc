#include "hub/statistics/cusum.h"

#include <catch2/catch.hpp>

#include "hub/statistics/weekday.h"
#include "tests/statistics/oracle.h"

namespace commonwatch::statistics {
namespace {

TEST_CASE("The county's cumulative sums and weekday means agree with the oracle") {
  if (!test::oracle_is_there()) return;
  const auto table = test::read_oracle("cusum_county_daily.csv");
  const auto series = test::county_series(table.at("date"));
  const auto training = std::span(series).first(365);
  const auto means = day_of_week_means(training);
  const double dispersion = overdispersion(training, means);
  Cusum poisson;
  Cusum negative_binomial;
  const auto at = [&](const char* column, std::size_t day) {
    return Approx(test::number(table.at(column)[day])).epsilon(1e-9).margin(1e-9);
  };
  for (std::size_t day = 0; day < series.size(); ++day) {
    CAPTURE(day);
    const double mean = means[day % kWeekdays];
    const double count = series[day];
    REQUIRE(mean == at("mu", day));
    const double by_poisson = poisson_increment(count, mean);
    const double by_negative_binomial = negative_binomial_increment(count, mean, dispersion);
    REQUIRE(by_poisson == at("xPois", day));
    REQUIRE(by_negative_binomial == at("xNB", day));
    REQUIRE(poisson.add(by_poisson) == at("cusumPois", day));
    REQUIRE(negative_binomial.add(by_negative_binomial) == at("cusumNB", day));
  }
}

TEST_CASE("The negative binomial increment becomes Poisson's as the dispersion goes to 0") {
  for (const double count : {0.0, 3.0, 40.0}) {
    const double limit = poisson_increment(count, 7.5);
    CHECK(negative_binomial_increment(count, 7.5, 0) == limit);
    CHECK(negative_binomial_increment(count, 7.5, 2e-9) == Approx(limit).epsilon(1e-5));
  }
}

TEST_CASE("A cumulative sum never falls below 0, and rises again from there") {
  Cusum sum;
  CHECK(sum.add(-5) == 0);
  CHECK(sum.add(2) == 2);
  CHECK(sum.add(-0.5) == 1.5);
  CHECK(sum.value() == 1.5);
}

TEST_CASE("The mean of a weekday is taken over the days that were it") {
  const std::vector<std::uint32_t> counts = {1, 2, 3, 4, 5, 6, 7, 3, 4};
  const auto means = day_of_week_means(counts);
  CHECK(means[0] == 2);
  CHECK(means[1] == 3);
  CHECK(means[2] == 3);
  CHECK(means[6] == 7);
  CHECK(day_of_week_means(std::span(counts).first(3))[5] == 0);
}

TEST_CASE("Counts that stray less than Poisson's get the smallest dispersion, not a negative one") {
  const std::vector<std::uint32_t> counts(70, 5);
  CHECK(overdispersion(counts, day_of_week_means(counts)) == 1e-6);
}

}  // namespace
}  // namespace commonwatch::statistics
