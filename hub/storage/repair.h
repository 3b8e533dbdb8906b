// A log that does not open because it is damaged otherwise than by a power cut: what of it is sound
// from its beginning on, and what would go with the rest. Nothing is looked for behind the first
// damage: the chain of hashes ends there.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/model/ids.h"

namespace commonwatch::storage {

struct LostOfSource {
  model::SourceName source;
  model::Sequence from;
  model::Sequence to;  // as far as is known
};

struct RepairPlan {
  model::Offset kept;                // every event below it stays
  model::Offset durable;             // below it were those that are known to have been acknowledged
  std::string damage;                // what is wrong, and where; empty: the log is sound
  std::vector<LostOfSource> losses;  // in order of name

  bool is_sound() const { return damage.empty(); }
};

// Looks and changes nothing. kInternal: the directory is in use, or nothing of its log can be read.
Result<RepairPlan> plan_repair(const std::filesystem::path& directory);
// Does what the plan says: the sound beginning is written anew, synced, under a new log epoch, and
// takes the place of the old one, which stays in `cut/`. Returns where. Sources whose last events
// went are told that the log regressed, and send again. The plan has been made since nobody else
// used the directory.
Result<std::filesystem::path> carry_out_repair(const std::filesystem::path& directory,
                                               const RepairPlan& plan);

}  // namespace commonwatch::storage
