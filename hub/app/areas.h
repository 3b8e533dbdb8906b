// The polygon of a named area, from a GeoJSON file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/model/cell.h"

namespace commonwatch::app {

// The outer ring of the one polygon in a GeoJSON text (RFC 7946: a Polygon, a Feature of one, or a
// FeatureCollection of one such Feature), not closed. Throws Failure: what is wrong, what next.
std::vector<model::LatLng> read_polygon(const std::string& geojson);

// Throws Failure that names the file.
std::vector<model::LatLng> read_polygon_file(const std::filesystem::path& path);

}  // namespace commonwatch::app
