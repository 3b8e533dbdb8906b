// Offsets, sealed: a cursor tells its holder nothing about the log but where to go on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hub/model/ids.h"

namespace commonwatch::access {

// Encrypted with a key made from the log epoch (one AES-128 block that holds offset and check),
// in base64url.
std::string seal_cursor(model::LogEpoch log, model::Offset offset);

// Nothing: not a cursor, or of another log.
std::optional<model::Offset> open_cursor(model::LogEpoch log, std::string_view cursor);

}  // namespace commonwatch::access
