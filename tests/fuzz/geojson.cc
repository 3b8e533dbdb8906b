// Invariants checked: a text is one polygon or refused with a sentence; of a polygon, an area is
// made or refused with a sentence; the polygon, written as GeoJSON, is read as the same.
#include <cmath>
#include <cstdio>

#include "hub/app/areas.h"
#include "hub/model/area.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

std::string written(const std::vector<model::LatLng>& polygon) {
  std::string text = R"({"type":"Feature","geometry":{"type":"Polygon","coordinates":[[)";
  for (const model::LatLng& at : polygon) {
    char position[64];
    std::snprintf(position, sizeof position, "[%.17g,%.17g]", at.longitude, at.latitude);
    text += (text.back() == '[' ? "" : ",") + std::string(position);
  }
  return text + "]]}}";
}

bool is_finite(const std::vector<model::LatLng>& polygon) {
  for (const model::LatLng& at : polygon) {
    if (!std::isfinite(at.latitude) || !std::isfinite(at.longitude)) return false;
  }
  return true;
}

void check(const std::vector<model::LatLng>& polygon) {
  model::AreaRequest request;
  request.polygon = polygon;
  const auto area = model::Area::make(request, Limits());
  if (!area) fuzz::check_error(area.error());
  if (!is_finite(polygon)) return require(area.has_error());
  // One that ends where it begins loses its end again.
  if (polygon.size() > 1 && polygon.front() == polygon.back()) return;
  const auto again = app::read_polygon(written(polygon));
  require(again.size() == polygon.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    require(std::abs(again[i].latitude - polygon[i].latitude) <=
            1e-12 * std::abs(polygon[i].latitude));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    check(app::read_polygon(std::string(fuzz::text_of(data, size))));
  } catch (const Failure& failure) {
    fuzz::check_error(failure.error());
  }
  return 0;
}
