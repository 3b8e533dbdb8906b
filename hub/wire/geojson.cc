// Hotspots and places for geographic information systems: RFC 7946. Written by hand, since the writers at hand
// print 40.1 as 4.01E1.
#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

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

constexpr double kUnitsPerDegree = 1e7;  // as many digits as are written

// A corner on the grid of written coordinates, so that neighbours agree on it.
struct Corner {
  std::int64_t latitude = 0;
  std::int64_t longitude = 0;
  friend auto operator<=>(const Corner&, const Corner&) = default;
};

// Across the 180th meridian the longitudes run on beyond 180, so that a ring stays a small one.
Corner corner_at(model::LatLng point, double near_longitude) {
  double longitude = point.longitude;
  if (longitude - near_longitude > 180) longitude -= 360;
  if (longitude - near_longitude < -180) longitude += 360;
  return {std::llround(point.latitude * kUnitsPerDegree),
          std::llround(longitude * kUnitsPerDegree)};
}

// Counter-clockwise, closed.
std::string ring_of(const std::vector<Corner>& corners) {
  const auto text_of = [](Corner corner) {
    return position_of({static_cast<double>(corner.latitude) / kUnitsPerDegree,
                        static_cast<double>(corner.longitude) / kUnitsPerDegree});
  };
  std::string ring = "[";
  for (const Corner corner : corners) ring += text_of(corner) + ",";
  return ring + text_of(corners.front()) + "]";
}

std::vector<Corner> corners_of(model::Cell cell, double near_longitude) {
  std::vector<Corner> corners;
  for (const auto& vertex : cell.vertices()) corners.push_back(corner_at(vertex, near_longitude));
  return corners;
}

// The edges of all cells, each from corner to corner, without those that two cells share.
std::map<Corner, Corner> outer_edges(const std::set<model::Cell>& cells, double near_longitude) {
  std::set<std::pair<Corner, Corner>> edges;
  for (const model::Cell cell : cells) {
    const auto corners = corners_of(cell, near_longitude);
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Corner from = corners[i];
      const Corner to = corners[(i + 1) % corners.size()];
      if (edges.erase({to, from}) == 0) edges.insert({from, to});
    }
  }
  return {edges.begin(), edges.end()};
}

// The outline of a cell and those around it; empty if it is not one ring.
std::vector<Corner> outline_of(const std::set<model::Cell>& cells, double near_longitude) {
  const auto edges = outer_edges(cells, near_longitude);
  std::vector<Corner> outline;
  const Corner first = edges.begin()->first;
  for (Corner at = first; outline.empty() || at != first;) {
    const auto edge = edges.find(at);
    if (edge == edges.end() || outline.size() == edges.size()) return {};
    outline.push_back(at);
    at = edge->second;
  }
  return outline.size() == edges.size() ? outline : std::vector<Corner>();
}

// A whole jurisdiction has no place of its own: a feature that is not located (RFC 7946, 3.2).
bool is_located(const model::Zone& zone, model::LatLng center) {
  return zone.cell.is_valid() || center != model::LatLng{};
}

std::string geometry_of(const model::Zone& zone, model::LatLng center) {
  if (!is_located(zone, center)) return "null";
  if (!zone.cell.is_valid()) {
    return R"({"type":"Point","coordinates":)" + position_of(center) + "}";
  }
  const double near_longitude = zone.cell.center().longitude;
  std::set<model::Cell> cells = {zone.cell};
  if (zone.kind == model::ZoneKind::kBlock) {
    const auto around = zone.cell.neighbors();
    cells.insert(around.begin(), around.end());
  }
  const auto outline = outline_of(cells, near_longitude);
  if (!outline.empty()) {
    return R"({"type":"Polygon","coordinates":[)" + ring_of(outline) + "]}";
  }
  std::string polygons;
  for (const model::Cell cell : cells) {
    polygons += (polygons.empty() ? "[" : ",[") + ring_of(corners_of(cell, near_longitude)) + "]";
  }
  return R"({"type":"MultiPolygon","coordinates":[)" + polygons + "]}";
}

// What hotspots and places have in common.
std::string properties_of(std::string_view kind, const model::Zone& zone, model::LatLng center) {
  std::string text = R"({"kind":)" + quoted(kind) + R"(,"zoneKind":)";
  text += quoted(v1::ZoneKind_Name(static_cast<v1::ZoneKind>(zone.kind)));
  text += R"(,"cell":)" + (zone.cell.is_valid() ? quoted(zone.cell.token()) : "null");
  text += R"(,"name":)" + quoted(zone.name);
  const bool located = is_located(zone, center);
  text += R"(,"latitude":)" + (located ? plain(center.latitude) : "null");
  text += R"(,"longitude":)" + (located ? plain(center.longitude) : "null");
  return text;
}

std::string properties_of(const model::Hotspot& hotspot) {
  std::string text = properties_of("hotspot", hotspot.zone, hotspot.center);
  text += R"(,"windowHours":)" + std::to_string(hotspot.window_hours);
  text += R"(,"count":)" + std::to_string(hotspot.count);
  text += R"(,"fatal":)" + std::to_string(hotspot.fatal);
  text += R"(,"expected":)" + plain(hotspot.expected);
  text += R"(,"scoreNats":)" + plain(hotspot.score);
  text += R"(,"intervalDays":)" + plain(hotspot.interval_days);
  text += R"(,"severity":)";
  text += quoted(v1::Severity_Name(static_cast<v1::Severity>(hotspot.severity)));
  text += R"(,"lastOccurredAt":)" + quoted(to_rfc3339(hotspot.last_occurred));
  text += R"(,"exposureDays":)" + std::to_string(hotspot.exposure_days);
  text += std::string(R"(,"provisional":)") + (hotspot.provisional ? "true" : "false");
  return text + "}";
}

std::string properties_of(const model::Place& place) {
  std::string text = properties_of("place", place.zone, place.center);
  text += R"(,"days":)" + std::to_string(place.days);
  text += R"(,"count":)" + std::to_string(place.count);
  text += R"(,"expected":)" + plain(place.expected);
  text += R"(,"qValue":)" + plain(place.q_value);
  text += R"(,"giStar":)" + plain(place.gi_star);
  text += R"(,"trend":)";
  text += quoted(v1::PlaceTrend_Name(static_cast<v1::PlaceTrend>(place.trend)));
  return text + "}";
}

// A figure that is not shown has no number: it may be none, or some.
std::string properties_of(const model::PublishedCount& count) {
  const bool shown = count.state == model::FigureState::kShown;
  const model::Zone zone{model::ZoneKind::kCell, count.cell, {}};
  std::string text = properties_of("publishedCount", zone, model::zone_center(zone));
  text += R"(,"sharedWith":)" + quoted(count.shared_with);
  text += R"(,"periodStart":)" + quoted(to_rfc3339(count.period_start));
  text += R"(,"periodEnd":)" + quoted(to_rfc3339(count.period_end));
  text += R"(,"state":)" + quoted(v1::FigureState_Name(static_cast<v1::FigureState>(count.state)));
  text += R"(,"persons":)" + (shown ? std::to_string(count.persons) : "null");
  const auto outcome = [&](std::uint32_t model::OutcomeCounts::*number) {
    return count.outcomes ? std::to_string(*count.outcomes.*number) : std::string("null");
  };
  text += R"(,"fatal":)" + outcome(&model::OutcomeCounts::fatal);
  text += R"(,"other":)" + outcome(&model::OutcomeCounts::other);
  text += std::string(R"(,"revisionPending":)") + (count.revision_pending ? "true" : "false");
  return text + "}";
}

void write_feature(const std::string& id, const std::string& geometry,
                   const std::string& properties, std::string& text) {
  if (text.back() != '[') text += ",";
  text += R"({"type":"Feature","id":)" + quoted(id) + R"(,"geometry":)" + geometry;
  text += R"(,"properties":)" + properties + "}";
}

template <class Item>
void write_features(const std::vector<Item>& items, std::string& text) {
  for (const Item& item : items) {
    write_feature(item.id, geometry_of(item.zone, item.center), properties_of(item), text);
  }
}

void write_features(const std::vector<model::PublishedCount>& counts, std::string& text) {
  for (const model::PublishedCount& count : counts) {
    const model::Zone zone{model::ZoneKind::kCell, count.cell, {}};
    write_feature(model::published_count_id(count), geometry_of(zone, model::zone_center(zone)),
                  properties_of(count), text);
  }
}

}  // namespace

std::string encode_hotspots_geojson(const Progress& progress, const model::TileContent& content) {
  std::string text = R"({"type":"FeatureCollection","position":{"engineEpoch":")";
  text += std::to_string(progress.position.epoch.value());
  text += R"(","version":")" + std::to_string(progress.position.version.value());
  text += R"("},"asOf":)" + quoted(to_rfc3339(progress.as_of)) + R"(,"features":[)";
  write_features(content.hotspots, text);
  write_features(content.places, text);
  write_features(content.published_counts, text);
  return text + "]}";
}

}  // namespace commonwatch::wire
