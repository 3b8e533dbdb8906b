#include "hub/model/hotspot.h"

#include <tuple>

namespace commonwatch::model {
namespace {

auto fields(const Hotspot& h) {
  return std::tie(h.id, h.zone, h.center.latitude, h.center.longitude, h.window_hours, h.count,
                  h.fatal, h.expected, h.score, h.severity, h.last_occurred, h.exposure_days,
                  h.provisional);
}

}  // namespace

bool operator==(const Hotspot& a, const Hotspot& b) { return fields(a) == fields(b); }

}  // namespace commonwatch::model
