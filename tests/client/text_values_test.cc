#include "clients/cli/text_values.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "hub/base/time.h"
#include "tests/client/fixtures.h"

namespace commonwatch::test {

using namespace commonwatch::cli;

TEST_CASE("Durations are read with their unit and a bare number as seconds") {
  CHECK(parse_duration("200ms") == Milliseconds(200));
  CHECK(parse_duration("90s") == Milliseconds(90'000));
  CHECK(parse_duration("1.5h") == Milliseconds(5'400'000));
  CHECK(parse_duration("7d") == Milliseconds(604'800'000));
  CHECK(parse_duration("5") == Milliseconds(5000));
  for (const auto* text : {"", "s", "5x", "-5s", "1e3s", "inf", "9999999999d"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("Times are read as RFC 3339, as a date, or as a span before now") {
  const auto now = *parse_rfc3339("2016-03-11T12:00:00Z");
  CHECK(parse_time("2016-03-11T09:00:00Z", now) == parse_rfc3339("2016-03-11T09:00:00Z"));
  CHECK(parse_time("2016-03-11", now) == parse_rfc3339("2016-03-11T00:00:00Z"));
  CHECK(parse_time("-2h", now) == parse_rfc3339("2016-03-11T10:00:00Z"));
  CHECK(parse_time("now", now) == now);
  CHECK_FALSE(parse_time("yesterday", now));
  CHECK_FALSE(parse_time("-", now));
}

TEST_CASE("Speeds and rates are positive numbers, max is no limit") {
  CHECK(parse_speed("max") == 0);
  CHECK(parse_speed("60") == 60);
  CHECK_FALSE(parse_speed("0"));
  CHECK_FALSE(parse_speed("fast"));
  CHECK(parse_rate("100/s") == 100);
  CHECK_FALSE(parse_rate("0"));
}

TEST_CASE("A box is read as south, west, north, east") {
  const auto area = make_area({.box = "40.0,-75.6,40.4,-75.1", .cells = {}, .polygon = {}});
  CHECK(area.bounding_box().south() == 40.0);
  CHECK(area.bounding_box().west() == -75.6);
  CHECK(area.bounding_box().north() == 40.4);
  CHECK(area.bounding_box().east() == -75.1);
  for (const auto* text : {"1,2,3", "a,b,c,d", "50,0,40,0", "0,200,1,300"}) {
    INFO(text);
    CHECK_THROWS_AS(make_area({.box = text, .cells = {}, .polygon = {}}), InputError);
  }
}

TEST_CASE("Cell tokens are ids without their trailing zeros") {
  const auto area = make_area({.box = {}, .cells = "89c6c1,89c6c7", .polygon = {}});
  REQUIRE(area.cells_size() == 2);
  CHECK(area.cells(0) == 0x89c6c10000000000U);
  CHECK_THROWS_AS(make_area({.box = {}, .cells = "xyz", .polygon = {}}), InputError);
}

TEST_CASE("A polygon file is GeoJSON whose ring is given open to the hub") {
  TemporaryDirectory directory;
  const auto path = directory.path() / "area.geojson";
  std::ofstream(path) << R"({"type":"Feature","properties":{},"geometry":{"type":"Polygon",
    "coordinates":[[[-75.5,40.0],[-75.0,40.0],[-75.0,40.5],[-75.5,40.0]]]}})";
  const auto area = make_area({.box = {}, .cells = {}, .polygon = path});
  REQUIRE(area.polygon().vertices_size() == 3);
  CHECK(area.polygon().vertices(0).latitude() == 40.0);
  CHECK(area.polygon().vertices(0).longitude() == -75.5);
  std::ofstream(path) << R"({"type":"Point","coordinates":[1,2]})";
  CHECK_THROWS_AS(make_area({.box = {}, .cells = {}, .polygon = path}), InputError);
}

}  // namespace commonwatch::test
