#include "hub/model/cell.h"

#include <algorithm>

#include <s2/s2cell.h>
#include <s2/s2cell_id.h>
#include <s2/s2latlng.h>

namespace commonwatch::model {

Cell Cell::at(LatLng point, int level) {
  const auto where = S2LatLng::FromDegrees(point.latitude, point.longitude);
  return Cell(S2CellId(where).parent(level).id());
}

bool Cell::is_valid() const { return S2CellId(id_).is_valid(); }

int Cell::level() const { return S2CellId(id_).level(); }

Cell Cell::parent(int level) const { return Cell(S2CellId(id_).parent(level).id()); }

bool Cell::contains(Cell other) const { return S2CellId(id_).contains(S2CellId(other.id_)); }

LatLng Cell::center() const {
  const S2LatLng center = S2CellId(id_).ToLatLng();
  return LatLng{center.lat().degrees(), center.lng().degrees()};
}

std::array<LatLng, 4> Cell::vertices() const {
  const S2Cell cell{S2CellId(id_)};
  std::array<LatLng, 4> vertices;
  for (int i = 0; i < 4; ++i) {
    const S2LatLng vertex(cell.GetVertex(i));
    vertices[static_cast<std::size_t>(i)] = {vertex.lat().degrees(), vertex.lng().degrees()};
  }
  return vertices;
}

std::vector<Cell> Cell::neighbors() const {
  std::vector<S2CellId> ids;
  S2CellId(id_).AppendAllNeighbors(level(), &ids);
  std::vector<Cell> cells;
  for (const S2CellId id : ids) cells.emplace_back(id.id());
  // At a corner of the cube one of them comes twice.
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  return cells;
}

std::string Cell::token() const { return S2CellId(id_).ToToken(); }

}  // namespace commonwatch::model
