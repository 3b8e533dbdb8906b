// [[area]] and [[jurisdiction]].
#pragma once

#include <toml++/toml.h>

#include <filesystem>

#include "hub/app/configuration.h"
#include "hub/app/table.h"

namespace commonwatch::app {

const Table<ConfiguredArea>& area_table();
const Table<hotspot::JurisdictionSettings>& jurisdiction_table();

// `node` is what stands under the name in the file. Throw Failure: what is wrong, in which line.
// In order of name.
std::vector<ConfiguredArea> read_areas(const std::filesystem::path& file, const toml::node& node);
std::vector<hotspot::JurisdictionSettings> read_jurisdictions(const std::filesystem::path& file,
                                                              const toml::node& node);

}  // namespace commonwatch::app
