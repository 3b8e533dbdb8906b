// The backups that were taken of this log, in the file `backups` of the data directory: a line
// each, END TIME PLACE (the offset behind the last event in it; RFC 3339; where it was put).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/ids.h"

namespace commonwatch::storage {

struct Backup {
  model::Offset end;
  Instant taken{};
  std::string place;  // no line break
};

// Adds a line, synced. Whoever calls it holds the data directory.
Result<void> list_backup(const std::filesystem::path& directory, const Backup& backup);
// When the newest of them was taken; nothing: there is none.
std::optional<Instant> last_backup(const std::filesystem::path& directory);
// Takes those at this place off.
Result<void> unlist_backup(const std::filesystem::path& directory, const std::string& place);
// Those that hold the event at `offset`: a line each for a person. Lines that are not readable are
// among them, as they are: better one too many.
std::vector<std::string> backups_holding(const std::filesystem::path& directory,
                                         model::Offset offset);

}  // namespace commonwatch::storage
