#include "hub/alert/explained.h"

#include <algorithm>
#include <tuple>

#include "hub/alert/ground.h"

namespace commonwatch::alert {
namespace {

// Keeps the expectation of a remainder above 0 when finer zones take all of it.
constexpr double kRemainderMin = 0.01;

bool smaller(const Finding* a, const Finding* b) {
  return std::tie(a->hotspot.expected, a->hotspot.zone) <
         std::tie(b->hotspot.expected, b->hotspot.zone);
}

// A facility inside a zone of cells is counted with that.
bool counted_with(const Finding& facility, const std::vector<const Finding*>& finer) {
  if (facility.hotspot.zone.kind != model::ZoneKind::kFacility) return false;
  const Ground ground = ground_of(facility.hotspot);
  return std::any_of(finer.begin(), finer.end(), [&](const Finding* other) {
    return other->hotspot.zone.kind != model::ZoneKind::kFacility &&
           overlap(ground, ground_of(other->hotspot));
  });
}

double score_without(const Finding& area, const Inspection& whole,
                     const std::vector<const Finding*>& inside, const Scores& scores) {
  double count = whole.hotspot.count;
  double expected = whole.hotspot.expected;
  std::vector<model::Zone> zones;
  for (const Finding* finer : inside) {
    if (!counted_with(*finer, inside)) zones.push_back(finer->hotspot.zone);
  }
  for (const Scores::Part& part :
       scores.parts(area.jurisdiction, zones, area.hotspot.window_hours, area.window_end)) {
    count -= part.count;
    expected -= part.expected;
  }
  return scores.score(std::max(count, 0.0),
                      std::max(expected, kRemainderMin * whole.hotspot.expected),
                      whole.evidence.dispersion);
}

}  // namespace

std::vector<Explained> explained_areas(const std::vector<Finding>& now, const Scores& scores) {
  std::vector<const Finding*> areas;
  std::vector<const Finding*> finer;
  for (const Finding& finding : now) {
    (is_area(finding.hotspot.zone) ? areas : finer).push_back(&finding);
  }
  std::sort(areas.begin(), areas.end(), smaller);
  std::vector<Explained> explained;
  for (const Finding* area : areas) {
    const auto outside = [&](const Finding* other) {
      const model::Cell middle = model::Cell::at(other->hotspot.center, model::kLeafLevel);
      return other->jurisdiction != area->jurisdiction ||
             !scores.covers(area->jurisdiction, area->hotspot.zone, middle);
    };
    const auto first_inside = std::stable_partition(finer.begin(), finer.end(), outside);
    const std::vector<const Finding*> inside(first_inside, finer.end());
    if (!inside.empty()) {
      const Inspection whole = scores.inspect(area->jurisdiction, area->hotspot.zone,
                                              area->hotspot.window_hours, area->window_end);
      const double remainder = score_without(*area, whole, inside, scores);
      if (remainder < whole.evidence.note_score) {
        explained.push_back({area, remainder});
        continue;
      }
    }
    finer.erase(first_inside, finer.end());
    finer.push_back(area);
  }
  return explained;
}

}  // namespace commonwatch::alert
