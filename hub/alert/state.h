// The state of the fold between two ticks.
#pragma once

#include <map>
#include <string>

#include "hub/alert/episode.h"
#include "hub/alert/episodes.h"

namespace commonwatch::alert {

struct Episodes::State {
  Settings settings;
  model::Version version;
  Instant as_of{};
  std::map<std::string, Episode> episodes;  // by id
};

}  // namespace commonwatch::alert
