// Heads as somebody outside kept them, in text.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/storage/held_head.h"

namespace commonwatch::app {

enum class Chain { kEvents, kAudit };

// `HASH`, `PLACE:HASH` (offset or audit record, from the system log) or
// `PARTNER/SOURCE:SEQUENCE:HASH` (from `published`, events only). A hash is 64 hexadecimal digits,
// or base64 as JSON has it.
Result<storage::HeldHead> parse_held_head(const std::string& text, Chain chain);

// A head a line; of lines of the system log (`chain heads: events ... audit ...`) the one of this
// chain. Empty lines and those that begin with # are passed over.
Result<std::vector<storage::HeldHead>> read_held_heads(const std::filesystem::path& file,
                                                       Chain chain);

// Those of the flags `--head` and `--heads FILE`; no file: empty.
Result<std::vector<storage::HeldHead>> read_given_heads(const std::vector<std::string>& texts,
                                                        const std::string& file, Chain chain);

}  // namespace commonwatch::app
