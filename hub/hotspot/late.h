// What was beyond expectation in a window that is over, and shows only because reports came late.
// Pure.
#pragma once

#include <vector>

#include "hub/hotspot/jurisdiction.h"

namespace commonwatch::hotspot {

// For each report on what occurred 6 hours to 35 days before the scan's hour: the best zone and
// window that hold it and ended at least 6 hours ago, at or beyond the note level. Windows that end
// with the hour of one of their incidents are looked at; the smallest zone with 90 % of the best
// score is given. More than 8 such reports in one tick are an import, and no news: then none is
// looked at. `touched`: as Engine::touched. In order of id, then of the window's end, each once.
std::vector<LateFinding> find_late(const Jurisdiction& jurisdiction,
                                   const std::vector<Touch>& touched,
                                   const std::vector<Silence>& silences);

}  // namespace commonwatch::hotspot
