// Files that must be on the disk before anything relies on them, and are read whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/error.h"

namespace commonwatch::storage {

Result<void> sync_directory(const std::filesystem::path& path);
// Under another name first, synced, then renamed; the directory synced: whole or not at all.
Result<void> write_whole_file(const std::filesystem::path& path, std::string_view bytes);
// Nothing: there is no such file. kInternal: there is one, and it cannot be read.
Result<std::optional<std::string>> read_whole_file(const std::filesystem::path& path);

}  // namespace commonwatch::storage
