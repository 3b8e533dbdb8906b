// [[page]]: one target that the hub wakes.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <vector>

#include "hub/app/table.h"
#include "hub/delivery/settings.h"

namespace commonwatch::app {

const Table<delivery::Target>& page_table();

// `node` is what stands under `page` in `file`. Throws Failure: what is wrong, in which line.
// Whether a target can be run is for delivery::check to say.
std::vector<delivery::Target> read_page_targets(const std::filesystem::path& file,
                                                const toml::node& node);

}  // namespace commonwatch::app
