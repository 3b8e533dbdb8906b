#include "hub/model/area.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace commonwatch::model {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

Result<Area> box(double south, double west, double north, double east) {
  AreaRequest request;
  request.bounding_box = {{south, west, north, east}};
  return Area::make(request, {});
}

Result<Area> polygon(std::vector<LatLng> vertices) {
  AreaRequest request;
  request.polygon = std::move(vertices);
  return Area::make(request, {});
}

Result<Area> cells(std::vector<std::uint64_t> ids) {
  AreaRequest request;
  request.cells = std::move(ids);
  return Area::make(request, {});
}

void check_refused(const Result<Area>& area, const std::string& field) {
  REQUIRE(area.has_error());
  CHECK(area.error().code == ErrorCode::kAreaInvalid);
  CHECK(area.error().field == field);
  CHECK_FALSE(area.error().message.empty());
}

TEST_CASE("No area is everywhere") {
  const Area area = Area::make({}, {}).value();
  CHECK(area.is_everywhere());
  CHECK(area.contains({-90, 180}));
  CHECK(area.may_intersect(Cell::at({40, -75}, 9)));
  CHECK(area.covering(9).empty());
}

TEST_CASE("A bounding box contains what lies in it") {
  const Area area = box(40, -76, 41, -75).value();
  CHECK_FALSE(area.is_everywhere());
  CHECK(area.contains({40.5, -75.5}));
  CHECK_FALSE(area.contains({39.9, -75.5}));
  CHECK_FALSE(area.contains({40.5, -74.9}));
}

TEST_CASE("A bounding box whose west exceeds its east crosses the 180th meridian") {
  const Area area = box(-20, 170, 20, -170).value();
  CHECK(area.contains({0, 175}));
  CHECK(area.contains({0, -175}));
  CHECK(area.contains({0, 180}));
  CHECK_FALSE(area.contains({0, 0}));
  CHECK_FALSE(area.contains({0, 165}));
  CHECK(area.may_intersect(Cell::at({0, -179.99}, 9)));
  CHECK_FALSE(area.may_intersect(Cell::at({0, 0}, 9)));
}

TEST_CASE("A bounding box out of range, upside down, or not a number is refused") {
  check_refused(box(-91, 0, 0, 1), "area.bounding_box");
  check_refused(box(0, -181, 1, 0), "area.bounding_box");
  check_refused(box(0, 0, 1, 181), "area.bounding_box");
  check_refused(box(41, -76, 40, -75), "area.bounding_box");
  check_refused(box(kNan, -76, 41, -75), "area.bounding_box");
  check_refused(box(40, kNan, 41, -75), "area.bounding_box");
  check_refused(box(40, -76, kNan, -75), "area.bounding_box");
  check_refused(box(40, -76, 41, kNan), "area.bounding_box");
  check_refused(box(40, -76, std::numeric_limits<double>::infinity(), -75), "area.bounding_box");
}

TEST_CASE("A polygon contains its inside, whichever way round it is drawn") {
  std::vector<LatLng> triangle = {{40, -76}, {40, -75}, {41, -75.5}};
  for (int way = 0; way < 2; ++way) {
    const Area area = polygon(triangle).value();
    CHECK(area.contains({40.3, -75.5}));
    CHECK_FALSE(area.contains({40.9, -75.9}));
    CHECK_FALSE(area.contains({-40.3, 104.5}));
    std::reverse(triangle.begin(), triangle.end());
  }
}

TEST_CASE("A polygon may cross the 180th meridian") {
  const Area area = polygon({{-1, 179}, {-1, -179}, {1, -179}, {1, 179}}).value();
  CHECK(area.contains({0, 180}));
  CHECK(area.contains({0.5, -179.5}));
  CHECK_FALSE(area.contains({0, 178}));
}

TEST_CASE("A polygon that crosses itself, repeats a vertex, or is none is refused") {
  check_refused(polygon({{40, -76}, {41, -75}, {41, -76}, {40, -75}}), "area.polygon");
  check_refused(polygon({{40, -76}, {40, -75}, {41, -75}, {40, -76}}), "area.polygon");
  check_refused(polygon({{40, -76}, {40, -76}, {41, -75}}), "area.polygon");
  check_refused(polygon({{40, -76}, {41, -75}}), "area.polygon");
  check_refused(polygon({{40, -76}, {41, kNan}, {41, -75}}), "area.polygon.vertices");
  check_refused(polygon({{40, -76}, {91, -75}, {41, -75}}), "area.polygon.vertices");
  std::vector<LatLng> many;
  for (int i = 0; i < 1001; ++i) {
    many.push_back({10 * std::sin(i * 0.006276), 10 * std::cos(i * 0.006276)});
  }
  check_refused(polygon(many), "area.polygon");
  many.pop_back();
  CHECK(polygon(many).has_value());
}

TEST_CASE("Cells contain what lies in them, of any level") {
  const Cell fine = Cell::at({40.1, -75.3}, 14);
  const Cell coarse = Cell::at({50, 9}, 6);
  const Area area = cells({coarse.id(), fine.id()}).value();
  CHECK(area.contains(fine.center()));
  CHECK(area.contains({50, 9}));
  CHECK_FALSE(area.contains({0, 0}));
}

TEST_CASE("An id that is no cell, and too many cells, are refused") {
  for (const std::uint64_t id : {0x0ULL, 0x2ULL, 0xd000000000000000ULL, ~1ULL}) {
    check_refused(cells({id}), "area.cells");
  }
  check_refused(cells(std::vector<std::uint64_t>(1001, Cell::at({1, 1}, 9).id())), "area.cells");
}

TEST_CASE("Two kinds of area at once are refused") {
  AreaRequest request;
  request.bounding_box = {{40, -76, 41, -75}};
  request.cells = {Cell::at({40, -75}, 9).id()};
  check_refused(Area::make(request, {}), "area");
}

TEST_CASE("A covering covers every point of the area with cells no finer than asked") {
  for (const Area& area : {box(40, -76, 41, -75).value(), box(-5, 178, 5, -178).value(),
                           polygon({{40, -76}, {40, -75}, {41, -75.5}}).value()}) {
    const std::vector<Cell> covering = area.covering(kTileLevel);
    REQUIRE_FALSE(covering.empty());
    CHECK(std::is_sorted(covering.begin(), covering.end()));
    for (const Cell cell : covering) CHECK(cell.level() <= kTileLevel);
    int inside = 0;
    for (double latitude = -6; latitude <= 42; latitude += 0.37) {
      for (double longitude = -180; longitude <= 180; longitude += 0.41) {
        if (!area.contains({latitude, longitude})) continue;
        ++inside;
        const Cell leaf = Cell::at({latitude, longitude}, kLeafLevel);
        REQUIRE(std::any_of(covering.begin(), covering.end(),
                            [&](Cell cell) { return cell.contains(leaf); }));
      }
    }
    CHECK(inside > 0);
  }
}

TEST_CASE("A cell knows its level, its parents and its token") {
  const Cell leaf = Cell::at({40.1153, -75.3441}, kLeafLevel);
  CHECK(leaf.is_valid());
  CHECK(leaf.level() == kLeafLevel);
  CHECK(leaf.parent(13).level() == 13);
  CHECK(leaf.parent(13).contains(leaf));
  CHECK_FALSE(leaf.contains(leaf.parent(13)));
  CHECK(leaf.parent(13).token().size() == 8);
  CHECK(leaf.parent(13) == Cell::at({40.1153, -75.3441}, 13));
  CHECK(std::abs(leaf.center().latitude - 40.1153) < 1e-3);
  CHECK_FALSE(Cell().is_valid());
}

}  // namespace
}  // namespace commonwatch::model
