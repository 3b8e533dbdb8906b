#include "hub/model/zone.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::model {
namespace {

constexpr double kMicroDegrees = 1e6;

std::vector<Cell> cells_of(const Zone& zone) {
  std::vector<Cell> cells = {zone.cell};
  if (zone.kind == ZoneKind::kBlock) {
    const std::vector<Cell> around = zone.cell.neighbors();
    cells.insert(cells.end(), around.begin(), around.end());
  }
  return cells;
}

bool has_ground(const Zone& zone) {
  return zone.kind == ZoneKind::kCell || zone.kind == ZoneKind::kBlock;
}

}  // namespace

std::string zone_id(const Zone& zone) {
  switch (zone.kind) {
    case ZoneKind::kArea: return "area:" + zone.name;
    case ZoneKind::kFacility: return "facility:" + zone.name;
    case ZoneKind::kBlock: return zone.cell.token() + "-3x3";
    case ZoneKind::kCell:
    case ZoneKind::kUnspecified: break;
  }
  return zone.cell.token();
}

LatLng zone_center(const Zone& zone) {
  const LatLng center = zone.cell.center();
  return {std::round(center.latitude * kMicroDegrees) / kMicroDegrees,
          std::round(center.longitude * kMicroDegrees) / kMicroDegrees};
}

bool touch(const Zone& a, const Zone& b) {
  if (!has_ground(a) || !has_ground(b)) return a == b;
  const std::vector<Cell> of_b = cells_of(b);
  const auto meets = [&](Cell cell) {
    return std::any_of(of_b.begin(), of_b.end(), [&](Cell other) {
      return cell.contains(other) || other.contains(cell);
    });
  };
  const std::vector<Cell> of_a = cells_of(a);
  return std::any_of(of_a.begin(), of_a.end(), meets);
}

double zone_size(const Zone& zone) {
  const double cell = std::ldexp(1.0, 2 * (kLeafLevel - zone.cell.level()));
  return zone.kind == ZoneKind::kBlock ? 9 * cell : cell;
}

}  // namespace commonwatch::model
