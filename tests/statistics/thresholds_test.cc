#include "hub/statistics/thresholds.h"

#include <catch2/catch.hpp>

#include "tests/statistics/oracle.h"

namespace commonwatch::statistics {
namespace {

using Counts = std::vector<std::uint32_t>;

TEST_CASE("Mean plus two deviations of the county agrees with the oracle, day by day") {
  if (!test::oracle_is_there()) return;
  const auto table = test::read_oracle("mean2sd_county_daily.csv");
  const auto series = test::county_series(table.at("date"));
  for (std::size_t day = 0; day < series.size(); ++day) {
    CAPTURE(day);
    const auto threshold = mean_plus_two_deviations(std::span(series).first(day));
    const std::string& expected = table.at("thr")[day];
    REQUIRE(threshold.has_value() == !test::is_missing(expected));
    if (!threshold) continue;
    REQUIRE(*threshold == Approx(test::number(expected)).epsilon(1e-9));
    REQUIRE((series[day] > *threshold) == (table.at("alarm")[day] == "1"));
  }
}

TEST_CASE("The recommended threshold is what three of the last thirty days reached") {
  Counts past(40, 1);
  past[0] = 90;  // longer ago than thirty days
  past[12] = 9;
  past[20] = 7;
  past[39] = 5;
  CHECK(recommended_threshold(past) == 5U);
  past[30] = 6;
  CHECK(recommended_threshold(past) == 6U);
}

TEST_CASE("Equal days count one by one towards the recommended threshold") {
  Counts past(30, 0);
  past[3] = past[4] = past[5] = 4;
  CHECK(recommended_threshold(past) == 4U);
}

TEST_CASE("Too little past gives no threshold") {
  CHECK_FALSE(recommended_threshold(Counts(29, 3)).has_value());
  CHECK(recommended_threshold(Counts(30, 3)) == 3U);
  CHECK_FALSE(mean_plus_two_deviations(Counts(27, 3)).has_value());
  CHECK(mean_plus_two_deviations(Counts(28, 3)) == 3.0);
}

TEST_CASE("Counts older than a year leave the mean and deviation alone") {
  Counts past(365, 2);
  past[100] = 6;
  Counts longer = {500, 500};
  longer.insert(longer.end(), past.begin(), past.end());
  CHECK(mean_plus_two_deviations(longer) == mean_plus_two_deviations(past));
}

TEST_CASE("A fixed threshold is passed by more than it, not by as much") {
  CHECK_FALSE(passes_fixed_threshold(5, 5));
  CHECK(passes_fixed_threshold(6, 5));
}

}  // namespace
}  // namespace commonwatch::statistics
