// What a simulated agency reports: the input of linkage.
#pragma once

#include <tuple>
#include <vector>

#include "hub/model/record.h"

namespace commonwatch::detection {

struct Report {
  Instant recorded{};  // when it comes to the hub
  model::RecordKey key;
  model::Record record;
};

inline bool comes_before(const Report& a, const Report& b) {
  return std::tie(a.recorded, a.key) < std::tie(b.recorded, b.key);
}

// A point so many metres to the north and to the east.
model::LatLng moved(model::LatLng from, double north_m, double east_m);

}  // namespace commonwatch::detection
