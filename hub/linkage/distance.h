// Distances in whole numbers, so that every machine finds the same. Pure.
#pragma once

#include <cstdint>

#include "hub/model/cell.h"

namespace commonwatch::linkage {

// A point in units of 1e-7 degrees, about 11 mm of latitude.
struct GridPoint {
  std::int32_t latitude = 0;
  std::int32_t longitude = 0;
  friend bool operator==(const GridPoint&, const GridPoint&) = default;
};
GridPoint grid_point(model::LatLng point);

inline constexpr std::int64_t kUnitsPerCircle = 3'600'000'000;

// The cosine of a latitude, of which 2^30 is one. Off by less than 1e-6.
std::int64_t cosine_q30(std::int64_t latitude_units);

// Metres, as whole units of latitude, rounded up.
std::int64_t units_of_metres(std::int64_t metres);

// Metres on a sphere of 6,371,008.8 m, rounded down; equirectangular, which over 50 km is off by
// less than a metre below 80 degrees of latitude.
std::uint32_t distance_m(GridPoint a, GridPoint b);

}  // namespace commonwatch::linkage
