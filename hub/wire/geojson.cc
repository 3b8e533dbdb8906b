// Hotspots for geographic information systems: RFC 7946. Written by hand, since the writers at hand
// print 40.1 as 4.01E1.
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>

#include "commonwatch/v1/hotspot.pb.h"
#include "hub/wire/server_message.h"

namespace commonwatch::wire {
namespace {

constexpr int kCoordinateDigits = 7;  // about a centimetre

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string(text.data(), text.size()));
}

// The shortest text that reads back as the same number.
std::string plain(double value) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), end.ptr);
}

std::string coordinate(double degrees) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), degrees,
                                 std::chars_format::fixed, kCoordinateDigits);
  return std::string(text.data(), end.ptr);
}

std::string position_of(model::LatLng point) {
  return "[" + coordinate(point.longitude) + "," + coordinate(point.latitude) + "]";
}

// One ring, counter-clockwise, closed. Across the 180th meridian the longitudes run on beyond 180,
// so that the ring stays a small one.
std::string ring_of(model::Cell cell) {
  auto vertices = cell.vertices();
  for (auto& vertex : vertices) {
    if (vertex.longitude - vertices.front().longitude > 180) vertex.longitude -= 360;
    if (vertex.longitude - vertices.front().longitude < -180) vertex.longitude += 360;
  }
  std::string ring = "[";
  for (const auto& vertex : vertices) ring += position_of(vertex) + ",";
  return ring + position_of(vertices.front()) + "]";
}

std::string geometry_of(const model::Hotspot& hotspot) {
  const model::Zone& zone = hotspot.zone;
  if (!zone.cell.is_valid()) {
    return R"({"type":"Point","coordinates":)" + position_of(hotspot.center) + "}";
  }
  if (zone.kind != model::ZoneKind::kBlock) {
    return R"({"type":"Polygon","coordinates":[)" + ring_of(zone.cell) + "]}";
  }
  std::string polygons = "[" + ring_of(zone.cell) + "]";
  for (const model::Cell neighbor : zone.cell.neighbors()) {
    polygons += ",[" + ring_of(neighbor) + "]";
  }
  return R"({"type":"MultiPolygon","coordinates":[)" + polygons + "]}";
}

std::string properties_of(const model::Hotspot& hotspot) {
  const model::Zone& zone = hotspot.zone;
  std::string text = R"({"zoneKind":)";
  text += quoted(v1::ZoneKind_Name(static_cast<v1::ZoneKind>(zone.kind)));
  text += R"(,"cell":)" + (zone.cell.is_valid() ? quoted(zone.cell.token()) : "null");
  text += R"(,"name":)" + quoted(zone.name);
  text += R"(,"latitude":)" + plain(hotspot.center.latitude);
  text += R"(,"longitude":)" + plain(hotspot.center.longitude);
  text += R"(,"windowHours":)" + std::to_string(hotspot.window_hours);
  text += R"(,"count":)" + std::to_string(hotspot.count);
  text += R"(,"fatal":)" + std::to_string(hotspot.fatal);
  text += R"(,"expected":)" + plain(hotspot.expected);
  text += R"(,"score":)" + plain(hotspot.score);
  text += R"(,"severity":)";
  text += quoted(v1::Severity_Name(static_cast<v1::Severity>(hotspot.severity)));
  text += R"(,"lastOccurredAt":)" + quoted(to_rfc3339(hotspot.last_occurred));
  text += R"(,"exposureDays":)" + std::to_string(hotspot.exposure_days);
  text += std::string(R"(,"provisional":)") + (hotspot.provisional ? "true" : "false");
  return text + "}";
}

}  // namespace

std::string encode_hotspots_geojson(const Progress& progress,
                                    const std::vector<model::Hotspot>& hotspots) {
  std::string text = R"({"type":"FeatureCollection","position":{"engineEpoch":")";
  text += std::to_string(progress.position.epoch.value());
  text += R"(","version":")" + std::to_string(progress.position.version.value());
  text += R"("},"asOf":)" + quoted(to_rfc3339(progress.as_of)) + R"(,"features":[)";
  for (std::size_t i = 0; i < hotspots.size(); ++i) {
    if (i > 0) text += ",";
    text += R"({"type":"Feature","id":)" + quoted(hotspots[i].id);
    text += R"(,"geometry":)" + geometry_of(hotspots[i]);
    text += R"(,"properties":)" + properties_of(hotspots[i]) + "}";
  }
  return text + "]}";
}

}  // namespace commonwatch::wire
