#include "hub/statistics/mann_kendall.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace commonwatch::statistics {
namespace {

TEST_CASE("A series that only rises has the largest S, one that only falls its negative") {
  const std::vector<double> rising = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89};
  const std::vector<double> falling(rising.rbegin(), rising.rend());
  const MannKendall up = mann_kendall(rising);
  CHECK(up.s == 45);
  CHECK(up.variance == Approx(125));  // 10 · 9 · 25 / 18
  CHECK(up.z == Approx(44 / std::sqrt(125.0)));
  CHECK(up.p == Approx(8.3033e-05).epsilon(1e-3));
  const MannKendall down = mann_kendall(falling);
  CHECK(down.s == -45);
  CHECK(down.z == -up.z);
  CHECK(down.p == up.p);
}

TEST_CASE("Ties add nothing to S and take from its variance") {
  // By hand: pairs +4, -0 of three, groups of 2 and 2: (5·4·15 - 2·18) / 18.
  const std::vector<double> values = {1, 1, 2, 2, 3};
  const MannKendall trend = mann_kendall(values);
  CHECK(trend.s == 8);
  CHECK(trend.variance == Approx((300.0 - 2 * 18) / 18));
  CHECK(trend.z == Approx(7 / std::sqrt(264.0 / 18)));
}

TEST_CASE("Without a difference, or with less than two values, there is no trend") {
  for (const std::vector<double>& values :
       {std::vector<double>{}, std::vector<double>{4}, std::vector<double>(12, 2.5)}) {
    const MannKendall trend = mann_kendall(values);
    CHECK(trend.s == 0);
    CHECK(trend.variance == 0);
    CHECK(trend.z == 0);
    CHECK(trend.p == 1);
  }
}

TEST_CASE("Only the order of the values counts") {
  const std::vector<double> values = {0.3, 2.0, 1.1, 5.5, 4.0, 4.0};
  std::vector<double> stretched;
  for (const double value : values) stretched.push_back(std::exp(3 * value) - 7);
  CHECK(mann_kendall(values).z == mann_kendall(stretched).z);
  CHECK(mann_kendall(values).s == 8);
}

}  // namespace
}  // namespace commonwatch::statistics
