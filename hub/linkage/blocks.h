// Space and time cut into blocks, to find what is near: rows of latitude, columns as wide as a row
// is high, hours. Pure; the room's own.
#pragma once

#include <cstdint>
#include <vector>

#include "hub/base/time.h"
#include "hub/linkage/distance.h"

namespace commonwatch::linkage {

// Fine blocks are 1 km, coarse ones 4 km, both an hour.
enum class Grain : std::uint8_t { kFine, kCoarse };

// Names a block: not 0, other than every block within 1,900 years.
std::uint64_t block_of(GridPoint point, Instant occurred, Grain grain);

// The blocks, each once, that hold everything within `radius_m` and `span` of a point; some more.
void blocks_around(GridPoint point, Instant occurred, Grain grain, std::uint32_t radius_m,
                   Duration span, std::vector<std::uint64_t>& blocks);

}  // namespace commonwatch::linkage
