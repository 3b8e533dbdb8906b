// The bytes of a checkpoint: everything that a fold of the log leaves in the engine. Pure.
//
// Numbers are little-endian and of fixed width; lists begin with their length. In order: magic,
// format, engine version, canonical settings, whether there was a tick, version, as_of, incidents
// by key, tiles by id; last a hash of all before it. What can be computed again (counts, scores)
// is not in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/hotspot/incident_table.h"
#include "hub/model/hotspot.h"

namespace commonwatch::hotspot {

struct CheckpointContent {
  bool advanced = false;  // whether there was a tick
  model::Version version;
  Instant as_of{};
  std::vector<IncidentEntry> incidents;  // by key
  std::vector<model::TileState> tiles;   // by tile; empty ones too
};

std::string encode_checkpoint(const Settings& settings, const CheckpointContent& content);

// kInternal: the bytes are damaged, of another engine version, or of other settings. Takes no more
// memory than the bytes justify, whatever they are.
Result<CheckpointContent> decode_checkpoint(const Settings& settings, std::string_view bytes);

// The hash at the end, of all before it: finds damage, proves nothing against malice.
std::uint64_t checkpoint_hash(std::string_view body);

}  // namespace commonwatch::hotspot
