// Who lives where, from a file.
#pragma once

#include <filesystem>
#include <vector>

#include "hub/sharing/agreement.h"

namespace commonwatch::app {

// A CSV file with a head: `latitude,longitude,persons`, where the persons of all rows in one cell of
// `level` are added up; or `cell,persons`, with S2 tokens. In order of cell. Throws Failure: which
// line, and what is wrong with it.
std::vector<sharing::Population> read_population(const std::filesystem::path& file, int level);

}  // namespace commonwatch::app
