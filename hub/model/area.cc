#include "hub/model/area.h"

#include <s2/s2cell.h>
#include <s2/s2cell_union.h>
#include <s2/s2latlng_rect.h>
#include <s2/s2loop.h>
#include <s2/s2region_coverer.h>

#include <string>

namespace commonwatch::model {
namespace {

constexpr int kCoveringCellsMax = 64;

Error invalid(const char* field, std::string message) {
  return make_error(ErrorCode::kAreaInvalid, std::move(message), field);
}

// NaN is in no range.
bool is_place(LatLng point) {
  return point.latitude >= -90 && point.latitude <= 90 && point.longitude >= -180 &&
         point.longitude <= 180;
}

Result<std::shared_ptr<const S2Region>> make_box(const BoundingBox& box) {
  if (!is_place({box.south, box.west}) || !is_place({box.north, box.east}) ||
      box.south > box.north) {
    return invalid("area.bounding_box",
                   "the box needs south <= north within -90..90 and west, east within -180..180");
  }
  const R1Interval latitudes(S1Angle::Degrees(box.south).radians(),
                             S1Angle::Degrees(box.north).radians());
  const S1Interval longitudes(S1Angle::Degrees(box.west).radians(),
                              S1Angle::Degrees(box.east).radians());
  return std::shared_ptr<const S2Region>(std::make_shared<S2LatLngRect>(latitudes, longitudes));
}

Result<std::shared_ptr<const S2Region>> make_polygon(const std::vector<LatLng>& vertices,
                                                     const Limits& limits) {
  if (vertices.size() < 3 || vertices.size() > limits.polygon_vertices_max) {
    return invalid("area.polygon", "a polygon has 3 to " +
                                       std::to_string(limits.polygon_vertices_max) + " vertices");
  }
  std::vector<S2Point> points;
  points.reserve(vertices.size());
  for (const LatLng& vertex : vertices) {
    if (!is_place(vertex)) {
      return invalid("area.polygon.vertices", "a vertex needs degrees within -90..90, -180..180");
    }
    points.push_back(S2LatLng::FromDegrees(vertex.latitude, vertex.longitude).ToPoint());
  }
  auto loop = std::make_shared<S2Loop>();
  loop->set_s2debug_override(S2Debug::DISABLE);
  loop->Init(points);
  if (!loop->IsValid()) {
    return invalid("area.polygon",
                   "the polygon crosses itself or repeats a vertex; send one simple ring");
  }
  loop->Normalize();
  return std::shared_ptr<const S2Region>(std::move(loop));
}

Result<std::shared_ptr<const S2Region>> make_cells(const std::vector<std::uint64_t>& ids,
                                                   const Limits& limits) {
  if (ids.size() > limits.area_cells_max) {
    return invalid("area.cells",
                   "at most " + std::to_string(limits.area_cells_max) + " cells; use coarser ones");
  }
  std::vector<S2CellId> cells;
  cells.reserve(ids.size());
  for (const std::uint64_t id : ids) {
    if (!S2CellId(id).is_valid()) {
      return invalid("area.cells", std::to_string(id) + " is not the id of an S2 cell");
    }
    cells.emplace_back(id);
  }
  return std::shared_ptr<const S2Region>(std::make_shared<S2CellUnion>(std::move(cells)));
}

S2Point point_of(LatLng point) {
  return S2LatLng::FromDegrees(point.latitude, point.longitude).ToPoint();
}

}  // namespace

Result<Area> Area::make(const AreaRequest& request, const Limits& limits) {
  const bool box = !request.bounding_box.empty();
  const bool polygon = !request.polygon.empty();
  const bool cells = !request.cells.empty();
  if (int(box) + int(polygon) + int(cells) > 1) {
    return invalid("area", "an area is one of bounding_box, polygon, cells; send one of them");
  }
  if (!box && !polygon && !cells) return Area();
  auto region = box       ? make_box(request.bounding_box.front())
                : polygon ? make_polygon(request.polygon, limits)
                          : make_cells(request.cells, limits);
  if (!region) return region.error();
  return Area(std::move(*region));
}

bool Area::contains(LatLng point) const {
  return is_everywhere() || region_->Contains(point_of(point));
}

bool Area::may_intersect(Cell cell) const {
  return is_everywhere() || region_->MayIntersect(S2Cell(S2CellId(cell.id())));
}

std::vector<Cell> Area::covering(int level) const {
  if (is_everywhere()) return {};
  S2RegionCoverer::Options options;
  options.set_max_level(level);
  options.set_max_cells(kCoveringCellsMax);
  std::vector<Cell> cells;
  for (const S2CellId id : S2RegionCoverer(options).GetCovering(*region_)) {
    cells.emplace_back(id.id());
  }
  return cells;
}

std::optional<std::vector<Tile>> Area::tiles(std::size_t tiles_max) const {
  if (is_everywhere()) return std::nullopt;
  // The bound keeps the covering of a continent from being made only to be thrown away.
  const double tile_area = S2Cell::AverageArea(kTileLevel);
  if (region_->GetRectBound().Area() > 4.0 * tile_area * static_cast<double>(tiles_max)) {
    return std::nullopt;
  }
  S2RegionCoverer::Options options;
  options.set_fixed_level(kTileLevel);
  std::vector<Tile> tiles;
  for (const S2CellId id : S2RegionCoverer(options).GetCovering(*region_)) {
    if (tiles.size() == tiles_max) return std::nullopt;
    tiles.emplace_back(id.id());
  }
  return tiles;
}

}  // namespace commonwatch::model
