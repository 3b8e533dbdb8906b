// The alerts that the hub shows, open and over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "clients/cpp/connection.h"

namespace commonwatch::client {

struct AlertList {
  v1::Position position;
  google::protobuf::Timestamp as_of;
  std::vector<v1::Alert> alerts;  // in the order of their opening
};

// Those that were open at some recorded time from `from` to `to` (RFC 3339; none: no bound). Blocks
// at most the timeout.
Result<AlertList> list_alerts(const ConnectOptions& options, const std::optional<std::string>& from,
                              const std::optional<std::string>& to);

}  // namespace commonwatch::client
