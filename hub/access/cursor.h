// Places in the log, sealed: a cursor tells its holder nothing but where to go on. Nor is it made of
// anything that the holder is not shown: a place is where something shown stands, not how much
// stands before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/time.h"
#include "hub/model/ids.h"

namespace commonwatch::access {

// Behind the first `entries` events of the chunk that was recorded then; or, if none was, before
// the next one.
struct CursorPlace {
  Instant recorded{};
  std::uint16_t entries = 0;
  friend bool operator==(const CursorPlace&, const CursorPlace&) = default;
};

// Encrypted with a key made from the log epoch (one AES-128 block that holds place and check), in
// base64url.
std::string seal_cursor(model::LogEpoch log, const CursorPlace& place);

// Nothing: not a cursor, or of another log.
std::optional<CursorPlace> open_cursor(model::LogEpoch log, std::string_view cursor);

}  // namespace commonwatch::access
