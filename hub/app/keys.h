// The table of configuration keys.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

#include "hub/app/configuration.h"

namespace commonwatch::app {

struct Key {
  std::string name;         // `table.key`
  std::string description;  // a sentence, with unit and range
  // Sets it; false: the value is not of the type or range that the description states.
  std::function<bool(Configuration&, const toml::node&)> read;
  std::function<std::string(const Configuration&)> print;
};

// In the order in which they are printed; tables stand together.
const std::vector<Key>& keys();

}  // namespace commonwatch::app
