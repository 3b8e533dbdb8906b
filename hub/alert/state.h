// The state of the fold between two ticks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hub/alert/episode.h"
#include "hub/alert/episodes.h"
#include "hub/alert/stray.h"

namespace commonwatch::alert {

struct Episodes::State {
  Settings settings;
  model::Version version;
  Instant as_of{};
  std::map<std::string, Episode> episodes;  // by id
  Instant begins{};                         // recorded time; of the engine epoch
  std::vector<Stray> strays;                // as they came; none once the epoch has begun
};

}  // namespace commonwatch::alert
