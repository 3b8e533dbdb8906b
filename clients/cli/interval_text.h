// How rare a hotspot is, as people read it.
#pragma once

#include <string>

#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::cli {

// `480 d`, `4.1 y`, `over 10 y`; `-` where it is not known.
std::string interval_text(double interval_days);
// `ALERT`, `watch`, `note`.
std::string severity_text(v1::Severity severity);
// With so many digits behind the point.
std::string number_text(double value, int digits);
// The name of an area or facility, else the id.
std::string zone_text(const v1::Hotspot& hotspot);

}  // namespace commonwatch::cli
