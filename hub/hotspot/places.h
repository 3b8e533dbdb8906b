// Places: where there is persistently more than the jurisdiction's mean says. Not spikes: nothing
// here opens an alert. Pure.
#pragma once

#include <vector>

#include "hub/hotspot/scan.h"
#include "hub/model/place.h"

namespace commonwatch::hotspot {

// S2 level of the middle cell of a place: about 1 km.
inline constexpr int kPlaceLevel = 13;

// Over the 28, 90 and 365 days before the day of the scan's hour (as far as they were observed):
// the 3x3 blocks whose count is beyond expectation by the exact Poisson tail, Benjamini-Hochberg at
// 0.05 over the universe; of blocks that touch, the one with the smallest tail (ties: the greater
// count, then the cell). The universe is every cell with an incident in the 365 days, and the cells
// around these: so "elsewhere" means where people are. Expected: the persons of the period, spread
// evenly over the universe. The trend is Esri's emerging hot spot category over twelve slices of 28
// days. In order of id.
std::vector<model::Place> find_places(const Scan& scan);

}  // namespace commonwatch::hotspot
