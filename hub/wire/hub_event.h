// The hub's own events in the log: proto/commonwatch/log/v1/log.proto without protobuf.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "hub/base/error.h"

namespace commonwatch::wire {

struct Configuration {
  std::uint32_t engine_version = 0;
  std::string hub;
  std::string settings;  // one `key = value` a line, sorted
  friend bool operator==(const Configuration&, const Configuration&) = default;
};
struct End {};

using HubEvent = std::variant<Configuration, End>;

std::string encode_hub_event(const HubEvent& event);
Result<HubEvent> decode_hub_event(std::string_view payload);

}  // namespace commonwatch::wire
