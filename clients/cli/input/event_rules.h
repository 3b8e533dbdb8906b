// The rules that event.proto states beside its types, checked before anything is sent.
#pragma once

#include <optional>
#include <string>

#include "commonwatch/v1/event.pb.h"

namespace commonwatch::cli {

struct BrokenRule {
  std::string field;    // path in Event
  std::string message;  // what, where, what next
};

// The first rule that the event breaks; nothing if the hub may be expected to take it. Times in the
// future are left to the hub, which has the clock that counts.
std::optional<BrokenRule> broken_rule(const v1::Event& event);

// Whether the message, or one inside it, holds a field that the schema does not know.
bool has_unknown_fields(const google::protobuf::Message& message);

}  // namespace commonwatch::cli
