#include "hub/alert/ground.h"

#include <algorithm>

namespace commonwatch::alert {
namespace {

bool has_cells(const model::Zone& zone) {
  return zone.kind == model::ZoneKind::kCell || zone.kind == model::ZoneKind::kBlock;
}

// The ground as a zone of cells; a facility is the cell it stands in.
model::Zone cells_of(const Ground& ground) {
  if (has_cells(ground.zone)) return ground.zone;
  return model::Zone{model::ZoneKind::kCell, ground.middle, {}};
}

}  // namespace

Ground ground_of(const model::Zone& zone, model::LatLng center, Instant counted) {
  const model::Cell middle =
      has_cells(zone) ? zone.cell : model::Cell::at(center, model::kLeafLevel);
  return Ground{zone, middle, counted};
}

Ground ground_of(const model::Hotspot& hotspot) {
  return ground_of(hotspot.zone, hotspot.center, hotspot.last_occurred);
}

bool overlap(const Ground& a, const Ground& b) {
  if (a.zone == b.zone) return true;
  if (!has_cells(a.zone) && !has_cells(b.zone)) return false;
  if (is_area(a.zone) || is_area(b.zone)) return false;
  return model::touch(cells_of(a), cells_of(b));
}

Reach::Reach(const std::string& jurisdiction, const Inspection& moment, const Scores& scores)
    : jurisdiction_(jurisdiction), moment_(moment), scores_(scores) {
  const model::Zone& zone = moment.hotspot.zone;
  if (!has_cells(zone)) return;
  cells_ = {zone.cell};
  if (zone.kind == model::ZoneKind::kCell) return;
  const std::vector<model::Cell> around = zone.cell.neighbors();
  cells_.insert(cells_.end(), around.begin(), around.end());
}

bool Reach::holds(const Touch& touch) const {
  const model::Evidence& window = moment_.evidence;
  if (touch.occurred < window.window_start || touch.occurred >= window.window_end) return false;
  if (cells_.empty()) return scores_.covers(jurisdiction_, moment_.hotspot.zone, touch.cell);
  return std::any_of(cells_.begin(), cells_.end(),
                     [&](model::Cell cell) { return cell.contains(touch.cell); });
}

}  // namespace commonwatch::alert
