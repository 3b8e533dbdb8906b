#include "hub/statistics/ears.h"

#include <catch2/catch.hpp>

#include "hub/model/cell.h"
#include "tests/statistics/oracle.h"

namespace commonwatch::statistics {
namespace {

using Counts = std::vector<std::uint32_t>;
using Chart = std::optional<double> (*)(std::span<const std::uint32_t>, double);

void require_column(const test::Table& table, const Counts& series, const std::string& name,
                    Chart chart) {
  const auto& column = table.at(name);
  for (std::size_t day = 0; day < series.size(); ++day) {
    CAPTURE(name, day);
    const auto score = chart(std::span(series).first(day + 1), 0);
    REQUIRE(score.has_value() == !test::is_missing(column[day]));
    if (score) REQUIRE(*score == Approx(test::number(column[day])).epsilon(1e-9).margin(1e-9));
  }
}

void require_alarms(const test::Table& table, const Counts& series, const std::string& name,
                    Chart chart, double threshold) {
  const auto& column = table.at(name);
  for (std::size_t day = 0; day < series.size(); ++day) {
    CAPTURE(name, day);
    REQUIRE(is_alarm(chart(std::span(series).first(day + 1), 0), threshold) ==
            (column[day] == "1"));
  }
}

TEST_CASE("C1, C2 and C3 of the county agree with the oracle, day by day, alarms included") {
  if (!test::oracle_is_there()) return;
  const auto table = test::read_oracle("ears_county_daily.csv");
  const Counts series = test::county_series(table.at("date"));
  require_column(table, series, "C1", &ears_c1);
  require_column(table, series, "C2", &ears_c2);
  require_column(table, series, "C3", &ears_c3);
  require_alarms(table, series, "C1_alarm", &ears_c1, kEarsC1Threshold);
  require_alarms(table, series, "C2_alarm", &ears_c2, kEarsC2Threshold);
  require_alarms(table, series, "C3_alarm", &ears_c3, kEarsC3Threshold);
}

TEST_CASE("With a floor of the deviation the bounds of the busiest cells agree with the oracle") {
  if (!test::oracle_is_there()) return;
  const auto days = test::read_oracle("ears_county_daily.csv").at("date");
  const auto table = test::read_oracle("ears_L11_top10.csv");
  const auto calls = test::read_calls();
  std::map<std::string, Counts> by_cell;
  for (std::size_t row = 0; row < table.at("cell").size(); ++row) {
    const std::string cell = table.at("cell")[row];
    if (!by_cell.contains(cell)) {
      by_cell[cell] = test::daily_series(days, calls, [&](const test::Call& call) {
        return model::Cell::at({call.latitude, call.longitude}, 11).token() == cell;
      });
    }
    const Counts& series = by_cell[cell];
    const auto at = std::find(days.begin(), days.end(), table.at("date")[row]) - days.begin();
    const auto until = std::span(series).first(static_cast<std::size_t>(at) + 1);
    CAPTURE(cell, table.at("date")[row]);
    REQUIRE(until.back() == static_cast<std::uint32_t>(test::number(table.at("y")[row])));
    REQUIRE(*ears_c1_bound(until, 0.5) ==
            Approx(test::number(table.at("C1_ub")[row])).epsilon(1e-9));
    REQUIRE(*ears_c2_bound(until, 0.5) ==
            Approx(test::number(table.at("C2_ub")[row])).epsilon(1e-9));
    REQUIRE(is_alarm(ears_c1(until, 0.5), kEarsC1Threshold) == (table.at("C1_al")[row] == "1"));
    REQUIRE(is_alarm(ears_c2(until, 0.5), kEarsC2Threshold) == (table.at("C2_al")[row] == "1"));
  }
  CHECK(by_cell.size() == 10);
}

TEST_CASE("A chart says nothing until its baseline and guard are past") {
  const Counts counts = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const auto first = [&](std::size_t days) { return std::span(counts).first(days); };
  CHECK_FALSE(ears_c1(first(7)).has_value());
  CHECK(ears_c1(first(8)).has_value());
  CHECK_FALSE(ears_c2(first(9)).has_value());
  CHECK(ears_c2(first(10)).has_value());
  CHECK_FALSE(ears_c3(first(11)).has_value());
  CHECK(ears_c3(first(12)).has_value());
}

TEST_CASE("A baseline without spread gives no score, unless the deviation has a floor") {
  const Counts counts = {2, 2, 2, 2, 2, 2, 2, 4};
  CHECK_FALSE(ears_c1(counts).has_value());
  CHECK_FALSE(ears_c1_bound(counts).has_value());
  CHECK(*ears_c1(counts, 0.5) == Approx(4));
  CHECK(*ears_c1_bound(counts, 0.5) == Approx(3.5));
}

TEST_CASE("A day at the threshold is no alarm, one beyond it is") {
  CHECK_FALSE(is_alarm(3.0, kEarsC1Threshold));
  CHECK(is_alarm(std::nextafter(3.0, 4.0), kEarsC1Threshold));
  CHECK_FALSE(is_alarm(std::nullopt, kEarsC1Threshold));
}

TEST_CASE("What is older than a chart's baseline changes nothing") {
  const Counts counts = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
  Counts longer = {1000, 0, 77};
  longer.insert(longer.end(), counts.begin(), counts.end());
  CHECK(ears_c1(longer) == ears_c1(counts));
  CHECK(ears_c2(longer) == ears_c2(counts));
  CHECK(ears_c3(longer) == ears_c3(counts));
}

}  // namespace
}  // namespace commonwatch::statistics
