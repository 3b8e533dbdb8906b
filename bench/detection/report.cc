#include "bench/detection/report.h"

#include <cmath>

namespace commonwatch::detection {

model::LatLng moved(model::LatLng from, double north_m, double east_m) {
  constexpr double kMetresOfDegree = 111'195;
  const double latitude = from.latitude + north_m / kMetresOfDegree;
  const double shrunk = std::cos(from.latitude * M_PI / 180);
  return {latitude, from.longitude + east_m / kMetresOfDegree / shrunk};
}

}  // namespace commonwatch::detection
