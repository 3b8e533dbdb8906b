// Which of overlapping zones is shown: one for each group, the smallest zone with at least 90 % of
// the group's best score. Pure.
#pragma once

#include <vector>

#include "hub/hotspot/scan.h"

namespace commonwatch::hotspot {

// From the highest score down: the best zone that touches nothing selected so far leads a group;
// of the zones that touch it and reach 90 % of its score, and touch nothing selected so far, the
// smallest is selected (ties: the higher score, then the id). Areas and facilities stand for
// themselves: they hide no cell and no cell hides them.
std::vector<Exceedance> select(const std::vector<Exceedance>& exceedances, const ZoneTable& zones);

}  // namespace commonwatch::hotspot
