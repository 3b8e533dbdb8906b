// From event.proto to model::Event. Private to `wire`.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>

#include "commonwatch/v1/event.pb.h"
#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/event.h"

namespace commonwatch::wire {

// Makes `message` canonical in place (times cut to the microsecond, -0 made 0, one NaN for all) and
// reads it into `event`, which must be new. Refuses what the model cannot hold: kUnknownField,
// kUnknownValue, kOutOfRange for a time outside years 1 to 9999. The error names the field.
std::optional<Error> read_event(v1::Event& message, model::Event& event);

// Cut to the microsecond; nothing if it is outside what google.protobuf.Timestamp allows.
std::optional<Instant> read_instant(const google::protobuf::Timestamp& time);

}  // namespace commonwatch::wire
