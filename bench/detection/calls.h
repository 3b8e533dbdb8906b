// The overdoses among a county's emergency calls: a file of lines
// `timeStamp,title,lat,lng,...` in order of arrival, plain or gzip, local time without offset.
#pragma once

#include <filesystem>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/cell.h"

namespace commonwatch::detection {

struct Overdose {
  Instant occurred{};
  model::LatLng where;
};

// Those titled `EMS: OVERDOSE`, in order of arrival; times as of America/New_York. Geocodes farther
// than 60 km from the middle one are errors, and are left out. Throws BadInput, also where there
// are fewer than a hundred.
std::vector<Overdose> read_overdoses(const std::filesystem::path& file);

}  // namespace commonwatch::detection
