// From what an audience is shown to the messages of hotspot.proto. Private to `wire`.
#pragma once

#include "commonwatch/v1/hotspot.pb.h"
#include "hub/model/hotspot.h"

namespace commonwatch::wire {

void write_alert(const model::Alert& from, v1::Alert& to);
void write_content(const model::TileContent& from, v1::TileState& to);
// What changed.
void write_content(const model::TileContent& from, v1::Delta& to);

}  // namespace commonwatch::wire
