// A part of the map that somebody asks for: a bounding box, a polygon, cells, or everywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/model/cell.h"

class S2Region;

namespace commonwatch::model {

struct BoundingBox {  // degrees WGS 84; west > east crosses the 180th meridian
  double south = 0;
  double west = 0;
  double north = 0;
  double east = 0;
};

// What a request holds before it was looked at: at most one of the three is set.
struct AreaRequest {
  std::vector<BoundingBox> bounding_box;  // none or one
  std::vector<LatLng> polygon;
  std::vector<std::uint64_t> cells;
};

// Immutable and cheap to copy; any thread.
class Area {
 public:
  // Everywhere.
  Area() = default;
  // kAreaInvalid with the field at fault: more than one kind, coordinates out of range, a polygon
  // that crosses itself, an id that is no cell, more than the limits allow.
  static Result<Area> make(const AreaRequest& request, const Limits& limits);

  bool is_everywhere() const { return region_ == nullptr; }
  bool contains(LatLng point) const;
  // Whether any part of the cell may lie in the area: true near its edge, never wrongly false.
  bool may_intersect(Cell cell) const;
  // Cells of at most `level` (mixed levels), in order of id, that together cover the area. Empty
  // for everywhere.
  std::vector<Cell> covering(int level) const;
  // The tiles that touch the area, in order; nothing if they would be more than `tiles_max` or the
  // area is everywhere.
  std::optional<std::vector<Tile>> tiles(std::size_t tiles_max) const;

 private:
  explicit Area(std::shared_ptr<const S2Region> region) : region_(std::move(region)) {}
  std::shared_ptr<const S2Region> region_;
};

}  // namespace commonwatch::model
