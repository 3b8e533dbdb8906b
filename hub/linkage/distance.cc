#include "hub/linkage/distance.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::linkage {
namespace {

constexpr std::int64_t kOneQ30 = std::int64_t{1} << 30U;
constexpr std::int64_t kMicrometresPerUnit = 11'119;  // of latitude: 2 pi 6371008.8 m / 3.6e9

std::int64_t times_q30(std::int64_t a, std::int64_t b) { return a * b / kOneQ30; }

}  // namespace

GridPoint grid_point(model::LatLng point) {
  return {static_cast<std::int32_t>(std::llround(point.latitude * 1e7)),
          static_cast<std::int32_t>(std::llround(point.longitude * 1e7))};
}

// Taylor's series to the twelfth power, by Horner's rule.
std::int64_t cosine_q30(std::int64_t latitude_units) {
  constexpr std::int64_t kRadiansQ30Times1e6 = 1'874'033;  // of one unit: 2 pi 2^30 / 3.6e9 = 1.874
  const std::int64_t x = latitude_units * kRadiansQ30Times1e6 / 1'000'000;
  const std::int64_t square = times_q30(x, x);
  std::int64_t sum = kOneQ30;
  for (const std::int64_t factor : {132, 90, 56, 30, 12, 2}) {
    sum = kOneQ30 - times_q30(square, sum) / factor;
  }
  return std::max<std::int64_t>(sum, 0);
}

std::int64_t units_of_metres(std::int64_t metres) {
  return metres * 1'000'000 / kMicrometresPerUnit + 1;
}

std::uint32_t distance_m(GridPoint a, GridPoint b) {
  const std::int64_t north = std::int64_t{a.latitude} - b.latitude;
  std::int64_t east = std::abs(std::int64_t{a.longitude} - b.longitude);
  east = std::min(east, kUnitsPerCircle - east);
  const std::int64_t middle = (std::int64_t{a.latitude} + b.latitude) / 2;
  east = times_q30(east, cosine_q30(middle));
  const std::int64_t square = north * north + east * east;
  const auto units = static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
  return static_cast<std::uint32_t>(units * kMicrometresPerUnit / 1'000'000);
}

}  // namespace commonwatch::linkage
