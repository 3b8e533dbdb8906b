#include "hub/app/areas.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <sstream>

#include "hub/base/error.h"

namespace commonwatch::app {
namespace {

namespace json = boost::json;

[[noreturn]] void fail(const std::string& message) {
  throw Failure(make_error(ErrorCode::kInvalidRequest, message));
}

constexpr const char* kExpected =
    "write one polygon without holes: a GeoJSON Polygon, or a Feature or FeatureCollection with "
    "one; split other areas into several [[area]] tables";

std::string type_of(const json::object& object) {
  const json::value* type = object.if_contains("type");
  return type != nullptr && type->is_string() ? std::string(type->get_string()) : std::string();
}

const json::object& member(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_object()) fail(kExpected);
  return value->get_object();
}

const json::array& list(const json::value* value) {
  if (value == nullptr || !value->is_array()) fail(kExpected);
  return value->get_array();
}

const json::object& find_polygon(const json::object& object) {
  const std::string type = type_of(object);
  if (type == "Polygon") return object;
  if (type == "Feature") return find_polygon(member(object, "geometry"));
  if (type == "FeatureCollection") {
    const json::array& features = list(object.if_contains("features"));
    if (features.size() == 1 && features.front().is_object()) {
      return find_polygon(features.front().get_object());
    }
  }
  fail(kExpected);
}

double degrees(const json::value& value) {
  if (!value.is_number()) fail("a coordinate is not a number; GeoJSON has [longitude, latitude]");
  return value.to_number<double>();
}

}  // namespace

std::vector<model::LatLng> read_polygon(const std::string& geojson) {
  json::error_code error;
  const json::value document = json::parse(geojson, error);
  if (error || !document.is_object()) fail(std::string("no GeoJSON; ") + kExpected);
  const json::array& rings = list(find_polygon(document.get_object()).if_contains("coordinates"));
  if (rings.size() != 1) fail(kExpected);
  std::vector<model::LatLng> polygon;
  for (const json::value& position : list(&rings.front())) {
    const json::array& pair = list(&position);
    if (pair.size() < 2) fail("a position has no latitude; GeoJSON has [longitude, latitude]");
    polygon.push_back({degrees(pair[1]), degrees(pair[0])});
  }
  // GeoJSON repeats the first position at the end.
  if (polygon.size() > 1 && polygon.front() == polygon.back()) polygon.pop_back();
  return polygon;
}

std::vector<model::LatLng> read_polygon_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) fail(path.string() + " cannot be read; name a GeoJSON file in geojson");
  std::ostringstream text;
  text << file.rdbuf();
  try {
    return read_polygon(text.str());
  } catch (const Failure& failure) {
    fail(path.string() + ": " + failure.error().message);
  }
}

}  // namespace commonwatch::app
