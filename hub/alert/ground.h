// Where zones lie, as far as episodes have to know.
#pragma once

#include <vector>

#include "hub/alert/scores.h"
#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/zone.h"

namespace commonwatch::alert {

// A zone that an episode has or had.
struct Ground {
  model::Zone zone;
  model::Cell middle;  // of a facility or area: of kLeafLevel
  Instant counted{};   // occurred time of the last incident that was counted in it
  friend bool operator==(const Ground&, const Ground&) = default;
};

Ground ground_of(const model::Zone& zone, model::LatLng center, Instant counted = {});
Ground ground_of(const model::Hotspot& hotspot);

// Areas are a layer of their own.
inline bool is_area(const model::Zone& zone) { return zone.kind == model::ZoneKind::kArea; }

// Whether two zones of one layer share ground; zones of different layers never do.
bool overlap(const Ground& a, const Ground& b);

// A window of a zone, made once to be asked for many touches.
class Reach {
 public:
  Reach(const std::string& jurisdiction, const Inspection& moment, const Scores& scores);
  bool holds(const Touch& touch) const;

 private:
  const std::string& jurisdiction_;
  const Inspection& moment_;
  const Scores& scores_;
  std::vector<model::Cell> cells_;  // of a cell or block
};

}  // namespace commonwatch::alert
