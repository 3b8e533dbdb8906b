// Named areas: [[area]] tables, each with a polygon from a GeoJSON file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/hotspot/settings.h"
#include "hub/model/cell.h"

namespace commonwatch::app {

// The outer ring of the one polygon in a GeoJSON text (RFC 7946: a Polygon, a Feature of one, or a
// FeatureCollection of one such Feature), not closed. Throws Failure: what is wrong, what next.
std::vector<model::LatLng> read_polygon(const std::string& geojson);

// `geojson` is a path, taken from the folder of `configuration`. Throws Failure that names it.
std::vector<model::LatLng> read_polygon_file(const std::filesystem::path& configuration,
                                             const std::string& geojson);

}  // namespace commonwatch::app
