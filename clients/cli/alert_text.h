// Alerts and sources as people read them, a line each.
#pragma once

#include <string>

#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::cli {

// `seen`, `taken`, `real`, `not real`.
std::string action_text(v1::AlertAction action);
// `open, asks`, `open, taken by anna`, `closed, not real by anna`, `merged into ID`.
std::string alert_state_text(const v1::Alert& alert);
// One alert in one line of fixed columns.
std::string alert_row(const v1::Alert& alert);
std::string alert_head();
// `hospital/ed is silent: 0 of 21 usual events, last 2016-03-11T09:09:00Z`.
std::string source_text(const v1::SourceHealth& source);

}  // namespace commonwatch::cli
