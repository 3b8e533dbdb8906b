// What the methods in use today say of the jurisdiction and of each of its named areas, beside the
// engine. Pure.
#pragma once

#include <string>
#include <vector>

#include "hub/hotspot/scan.h"
#include "hub/model/comparison.h"

namespace commonwatch::hotspot {

// Of the last local day that is over, from the persons of each local day before it, as far back as
// the scan was observed, at most the trailing period; nothing while that is less than four weeks.
// `names`: by NamedZone, the first is the jurisdiction. `fixed_thresholds`: likewise, 0: none. In
// order of id.
std::vector<model::Comparison> compare_methods(const Scan& scan,
                                               const std::vector<std::string>& names,
                                               const std::vector<int>& fixed_thresholds);

// Brings their rolling counts to the scan's hour.
void roll_comparisons(const Scan& scan, const std::vector<std::string>& names,
                      std::vector<model::Comparison>& comparisons);

}  // namespace commonwatch::hotspot
