#include "hub/model/cell.h"

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

std::string Cell::token() const { return S2CellId(id_).ToToken(); }

}  // namespace commonwatch::model
