// The table that `watch` draws on a terminal, in place.
#pragma once

#include <string>

#include "clients/cli/options.h"
#include "clients/cpp/hotspot_state.h"
#include "clients/cpp/link.h"

namespace commonwatch::cli {

struct TableStyle {
  std::uint32_t rows = 10;
  MinSeverity min_severity = MinSeverity::kNote;
  bool color = false;
};

// The whole screen: status line, open alerts, sources that are late or silent, hotspots, or, for an
// audience that is shown figures, those; at most `rows` of each. `now` is the
// client's clock. What is older than the hub's heartbeats allow is not called live.
std::string draw_table(const client::HotspotState& state, const client::LinkStatus& link,
                       const TableStyle& style, Instant now);
// One hotspot in one line of fixed columns.
std::string hotspot_row(const v1::Hotspot& hotspot);
std::string hotspot_head();

}  // namespace commonwatch::cli
