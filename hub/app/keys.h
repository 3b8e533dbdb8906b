// The tables that stand once: [hub], [listen], [limits], [retention], [dashboard],
// [hotspot], [publication].
#pragma once

#include <vector>

#include "hub/app/configuration.h"
#include "hub/app/table.h"

namespace commonwatch::app {

// In the order in which they are printed.
const std::vector<Table<Configuration>>& tables();
// All their keys, as `table.key`.
std::vector<std::string> all_key_names();

}  // namespace commonwatch::app
