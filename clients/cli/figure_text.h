// Published figures as people read them, a line each.
#pragma once

#include <string>

#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::cli {

// One figure in one line of fixed columns; `alert`: that of the figure, or null.
std::string figure_row(const v1::PublishedCount& count, const v1::PublishedAlert* alert);
std::string figure_head();
// `hidden (few or none)`: the two are never told apart, so that there is no zero.
std::string persons_text(const v1::PublishedCount& count);
// `once a year at most`: how rarely chance alone brings as much.
std::string band_text(v1::IntervalBand interval);
// `county-ems/cad is silent`, `small sources of all partners (7) are late`.
std::string health_text(const v1::BandedHealth& health);

}  // namespace commonwatch::cli
