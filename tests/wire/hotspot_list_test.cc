// GET /v1/hotspots: JSON and GeoJSON.
#include <google/protobuf/util/json_util.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <string>

#include "hub/wire/server_message.h"
#include "tests/wire/samples.h"

namespace commonwatch::wire {
namespace {

namespace json = boost::json;

const Progress kProgress{{model::EngineEpoch(0xfedcba9876543210), model::Version(12)},
                         instant_from_micros(1'457'687'340'250'000)};

json::value geojson(const std::vector<model::Hotspot>& hotspots) {
  return json::parse(encode_hotspots_geojson(kProgress, hotspots));
}

json::value feature(const model::Hotspot& hotspot) {
  return geojson({hotspot}).at("features").at(0);
}

struct Point {
  double longitude;
  double latitude;
};

std::vector<Point> ring_points(const json::value& ring) {
  std::vector<Point> points;
  for (const auto& point : ring.as_array()) {
    points.push_back({point.at(0).to_number<double>(), point.at(1).to_number<double>()});
  }
  return points;
}

// Positive for counter-clockwise, in square degrees.
double signed_area(const std::vector<Point>& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    sum += ring[i].longitude * ring[i + 1].latitude - ring[i + 1].longitude * ring[i].latitude;
  }
  return sum / 2;
}

TEST_CASE("the JSON list holds position, as_of and hotspots in proto3 JSON") {
  const auto text = encode_hotspots_json(
      kProgress, {samples::hotspot("a", 40.12, -75.34), samples::hotspot("b", -33.9, 151.2)});
  const auto list = json::parse(text);
  CHECK(list.at("position").at("engineEpoch") == "18364758544493064720");
  CHECK(list.at("position").at("version") == "12");
  CHECK(list.at("asOf") == "2016-03-11T09:09:00.250Z");
  REQUIRE(list.at("hotspots").as_array().size() == 2);
  v1::Hotspot hotspot;
  REQUIRE(google::protobuf::util::JsonStringToMessage(json::serialize(list.at("hotspots").at(1)),
                                                      &hotspot)
              .ok());
  CHECK(hotspot.id() == "b");
  CHECK(hotspot.count() == 7);
  CHECK(hotspot.zone().cell() == samples::hotspot("b", -33.9, 151.2).zone.cell.id());
}

TEST_CASE("the JSON list of nothing is an empty list") {
  const auto list = json::parse(encode_hotspots_json(kProgress, {}));
  CHECK(list.at("hotspots").as_array().empty());
  CHECK(list.at("position").at("version") == "12");
}

TEST_CASE("GeoJSON of nothing is an empty FeatureCollection") {
  const auto collection = geojson({});
  CHECK(collection.at("type") == "FeatureCollection");
  CHECK(collection.at("features").as_array().empty());
  CHECK(collection.at("asOf") == "2016-03-11T09:09:00.250Z");
  CHECK(collection.at("position").at("engineEpoch") == "18364758544493064720");
}

TEST_CASE("a cell is a closed counter-clockwise polygon around its centre, longitude first") {
  for (const auto& place : {model::LatLng{40.12, -75.34}, {-33.9, 151.2}, {64.1, -21.9}}) {
    const auto hotspot = samples::hotspot("a", place.latitude, place.longitude);
    const auto made = feature(hotspot);
    CHECK(made.at("type") == "Feature");
    CHECK(made.at("id") == "a");
    CHECK(made.at("geometry").at("type") == "Polygon");
    REQUIRE(made.at("geometry").at("coordinates").as_array().size() == 1);
    const auto ring = ring_points(made.at("geometry").at("coordinates").at(0));
    REQUIRE(ring.size() == 5);
    CHECK(ring.front().longitude == ring.back().longitude);
    CHECK(ring.front().latitude == ring.back().latitude);
    CHECK(signed_area(ring) > 0);
    double longitude = 0;
    double latitude = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      longitude += ring[i].longitude / 4;
      latitude += ring[i].latitude / 4;
    }
    CHECK(longitude == Approx(hotspot.center.longitude).margin(1e-4));
    CHECK(latitude == Approx(hotspot.center.latitude).margin(1e-4));
  }
}

TEST_CASE("coordinates have seven decimals and no exponent") {
  const auto text = encode_hotspots_geojson(kProgress, {samples::hotspot("a", 0.00001, 0.00001)});
  const auto start = text.find("\"coordinates\":");
  const auto coordinates = text.substr(start, text.find("]]]", start) - start);
  CHECK(coordinates.find('e', 15) == std::string::npos);
  CHECK(coordinates.find('E') == std::string::npos);
  const auto comma = coordinates.find(',');
  const auto point = coordinates.find('.');
  CHECK(comma - point - 1 == 7);
}

TEST_CASE("a cell across the 180th meridian stays small") {
  const auto made = feature(samples::hotspot("a", -16.8, 180));
  const auto ring = ring_points(made.at("geometry").at("coordinates").at(0));
  for (const Point& point : ring) {
    CHECK(std::abs(point.longitude - ring.front().longitude) < 1);
  }
}

TEST_CASE("a block is the cell and its eight neighbours") {
  auto hotspot = samples::hotspot("a", 40.12, -75.34);
  hotspot.zone.kind = model::ZoneKind::kBlock;
  const auto geometry = feature(hotspot).at("geometry");
  CHECK(geometry.at("type") == "MultiPolygon");
  CHECK(geometry.at("coordinates").as_array().size() == 9);
  std::set<std::string> polygons;
  for (const auto& polygon : geometry.at("coordinates").as_array()) {
    polygons.insert(json::serialize(polygon));
  }
  CHECK(polygons.size() == 9);
}

TEST_CASE("a named area without a cell is the point at its centre") {
  auto hotspot = samples::hotspot("a", 40.12, -75.34);
  hotspot.zone = {model::ZoneKind::kArea, {}, "Norristown \"East\"\n"};
  const auto made = feature(hotspot);
  CHECK(made.at("geometry").at("type") == "Point");
  CHECK(made.at("geometry").at("coordinates").at(1).to_number<double>() ==
        Approx(hotspot.center.latitude).margin(1e-7));
  CHECK(made.at("properties").at("name") == "Norristown \"East\"\n");
  CHECK(made.at("properties").at("cell").is_null());
}

TEST_CASE("a feature's properties state every field of the hotspot") {
  const auto hotspot = samples::hotspot("a", 40.12, -75.34);
  const auto made = feature(hotspot);
  const auto& properties = made.at("properties");
  CHECK(properties.at("zoneKind") == "ZONE_KIND_CELL");
  CHECK(properties.at("cell") == json::value(hotspot.zone.cell.token()));
  CHECK(properties.at("windowHours") == 24);
  CHECK(properties.at("count") == 7);
  CHECK(properties.at("fatal") == 1);
  CHECK(properties.at("expected") == 1.234);
  CHECK(properties.at("score") == 3.25);
  CHECK(properties.at("severity") == "SEVERITY_ALERT");
  CHECK(properties.at("lastOccurredAt") == "2016-03-11T09:09:00Z");
  CHECK(properties.at("exposureDays") == 120);
  CHECK(properties.at("provisional") == true);
  // The schema's fields but `id` and `zone`, whose three parts stand for it.
  const auto fields =
      v1::Hotspot::descriptor()->field_count() - 2 + v1::Zone::descriptor()->field_count();
  CHECK(static_cast<int>(properties.as_object().size()) == fields);
}

}  // namespace
}  // namespace commonwatch::wire
