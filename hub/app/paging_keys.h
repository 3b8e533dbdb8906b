// [[page]]: one target that the hub wakes.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <string>

#include "hub/delivery/settings.h"

namespace commonwatch::app {

// Paths of files are taken from the folder of `file`. Throws Failure: what is wrong, in which line.
// Whether the target can be run is for delivery::check to say.
delivery::Target read_page_target(const std::filesystem::path& file, const toml::node& node);

// The target as a [[page]] table, each key with its value.
std::string print_page_target(const delivery::Target& target);

}  // namespace commonwatch::app
