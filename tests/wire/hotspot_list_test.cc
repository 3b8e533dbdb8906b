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

model::TileContent shown(std::vector<model::Hotspot> hotspots) {
  model::TileContent content;
  content.hotspots = std::move(hotspots);
  return content;
}

json::value geojson(const model::TileContent& content) {
  return json::parse(encode_hotspots_geojson(kProgress, content));
}

json::value feature(const model::Hotspot& hotspot) {
  return geojson(shown({hotspot})).at("features").at(0);
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
      kProgress,
      shown({samples::hotspot("a", 40.12, -75.34), samples::hotspot("b", -33.9, 151.2)}));
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
  const auto text = encode_hotspots_geojson(
      kProgress, shown({samples::hotspot("a", 0.00001, 0.00001)}));
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

// The ground that cells cover, in square degrees.
double area_of(const std::vector<model::Cell>& cells) {
  double sum = 0;
  for (const model::Cell cell : cells) {
    std::vector<Point> ring;
    for (const auto& vertex : cell.vertices()) ring.push_back({vertex.longitude, vertex.latitude});
    ring.push_back(ring.front());
    sum += signed_area(ring);
  }
  return sum;
}

json::value block_geometry(model::Cell cell) {
  auto hotspot = samples::hotspot("a", 0, 0);
  hotspot.zone = {model::ZoneKind::kBlock, cell, ""};
  return feature(hotspot).at("geometry");
}

TEST_CASE("a block is one polygon: the outline of the cell and its eight neighbours") {
  const auto cell = model::Cell::at({40.12, -75.34}, 13);
  const auto geometry = block_geometry(cell);
  CHECK(geometry.at("type") == "Polygon");
  REQUIRE(geometry.at("coordinates").as_array().size() == 1);
  const auto ring = ring_points(geometry.at("coordinates").at(0));
  CHECK(ring.size() == 13);  // four sides of three cells, closed
  auto cells = cell.neighbors();
  cells.push_back(cell);
  CHECK(signed_area(ring) == Approx(area_of(cells)).epsilon(1e-4));
}

TEST_CASE("a block at a corner of the cube is one polygon around eight cells") {
  // Three faces of the cube meet at (35.26, 45).
  const auto cell = model::Cell::at({35.2643896, 45.00001}, 10);
  const auto around = cell.neighbors();
  std::set<model::Cell> apart(around.begin(), around.end());
  apart.insert(cell);
  REQUIRE(apart.size() == 8);
  const std::vector<model::Cell> cells(apart.begin(), apart.end());
  const auto geometry = block_geometry(cell);
  CHECK(geometry.at("type") == "Polygon");
  CHECK(signed_area(ring_points(geometry.at("coordinates").at(0))) ==
        Approx(area_of(cells)).epsilon(1e-3));
}

TEST_CASE("a block across the 180th meridian stays small") {
  const auto geometry = block_geometry(model::Cell::at({-16.8, 180}, 13));
  CHECK(geometry.at("type") == "Polygon");
  const auto ring = ring_points(geometry.at("coordinates").at(0));
  for (const Point& point : ring) {
    CHECK(std::abs(point.longitude - ring.front().longitude) < 1);
  }
}

TEST_CASE("a whole jurisdiction is nowhere in particular, and a named area is") {
  auto hotspot = samples::hotspot("area:all", 0, 0);
  hotspot.zone = {model::ZoneKind::kArea, model::Cell(), "all"};
  hotspot.center = {};
  const auto nowhere = feature(hotspot);
  CHECK(nowhere.at("geometry").is_null());
  CHECK(nowhere.at("properties").at("latitude").is_null());
  CHECK(nowhere.at("properties").at("longitude").is_null());
  hotspot.center = {40.12, -75.34};
  const auto somewhere = feature(hotspot);
  CHECK(somewhere.at("geometry").at("type") == "Point");
  CHECK(somewhere.at("properties").at("latitude") == 40.12);
}

TEST_CASE("the JSON list holds every list of the content") {
  const auto list = json::parse(encode_hotspots_json(kProgress, samples::full_content()));
  for (const char* name :
       {"hotspots", "alerts", "places", "sources", "comparisons", "proposals", "publishedCounts",
        "publishedAlerts", "bandedHealth"}) {
    INFO(name);
    REQUIRE(list.at(name).as_array().size() == 1);
    CHECK(list.at(name).at(0).as_object().contains("id"));
  }
}

TEST_CASE("the list of alerts holds position, as_of and the alerts alone") {
  const auto list = json::parse(encode_alerts_json(kProgress, samples::full_content().alerts));
  CHECK(list.as_object().size() == 3);
  CHECK(list.at("position").at("version") == "12");
  CHECK(list.at("asOf") == "2016-03-11T09:09:00.250Z");
  v1::Alert alert;
  REQUIRE(google::protobuf::util::JsonStringToMessage(json::serialize(list.at("alerts").at(0)),
                                                      &alert)
              .ok());
  CHECK(alert.id() == "89c6961c-1");
}

TEST_CASE("a published count is a feature, and one that is not shown has no number") {
  auto content = samples::full_content();
  const auto features = geojson(content).at("features");
  const auto& shown = features.at(2);
  CHECK(shown.at("id") == "police/89c6bdc/2016-03-11T05:00:00Z");
  CHECK(shown.at("geometry").at("type") == "Polygon");
  const auto& properties = shown.at("properties");
  CHECK(properties.at("kind") == "publishedCount");
  CHECK(properties.at("state") == "FIGURE_STATE_SHOWN");
  CHECK(properties.at("persons") == 9);
  CHECK(properties.at("fatal") == 3);
  CHECK(properties.at("periodEnd") == "2016-03-12T05:00:00Z");
  content.published_counts[0].state = model::FigureState::kHidden;
  content.published_counts[0].outcomes.reset();
  const auto hidden = geojson(content).at("features").at(2).at("properties");
  CHECK(hidden.at("persons").is_null());
  CHECK(hidden.at("fatal").is_null());
}

TEST_CASE("a place is a feature of its own kind behind the hotspots") {
  auto content = samples::full_content();
  const auto collection = geojson(content);
  REQUIRE(collection.at("features").as_array().size() == 3);
  CHECK(collection.at("features").at(0).at("properties").at("kind") == "hotspot");
  const auto& place = collection.at("features").at(1);
  CHECK(place.at("id") == "place:89c6961c:90");
  CHECK(place.at("geometry").at("type") == "Polygon");
  const auto& properties = place.at("properties");
  CHECK(properties.at("kind") == "place");
  CHECK(properties.at("days") == 90);
  CHECK(properties.at("count") == 31);
  CHECK(properties.at("expected") == 12.5);
  CHECK(properties.at("qValue") == 0.0123);
  CHECK(properties.at("giStar") == 3.456);
  CHECK(properties.at("trend") == "PLACE_TREND_INTENSIFYING");
  const auto fields = v1::PersistentPlace::descriptor()->field_count() - 2 +
                      v1::Zone::descriptor()->field_count() + 1;
  CHECK(static_cast<int>(properties.as_object().size()) == fields);
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
  CHECK(properties.at("scoreNats") == 3.25);
  CHECK(properties.at("intervalDays") == 480.5);
  CHECK(properties.at("severity") == "SEVERITY_ALERT");
  CHECK(properties.at("lastOccurredAt") == "2016-03-11T09:09:00Z");
  CHECK(properties.at("exposureDays") == 120);
  CHECK(properties.at("provisional") == true);
  CHECK(properties.at("kind") == "hotspot");
  // The schema's fields but `id` and `zone`, whose three parts stand for it; and the kind.
  const auto fields =
      v1::Hotspot::descriptor()->field_count() - 2 + v1::Zone::descriptor()->field_count() + 1;
  CHECK(static_cast<int>(properties.as_object().size()) == fields);
}

}  // namespace
}  // namespace commonwatch::wire
