// What a configuration that was read again changes, and when each change counts.
#pragma once

#include <string>
#include <vector>

#include "hub/app/configuration.h"

namespace commonwatch::app {

// Keys as `table.key`, rows of [[page]] and the like as `[[page]]`.
struct ReloadReport {
  std::vector<std::string> applied;        // changed, and in force now
  std::vector<std::string> needs_restart;  // changed, and in force from the next start on
  bool new_epoch = false;                  // the hotspots are computed anew
};

struct ReloadPlan {
  // `read`, but for what needs a restart: that is as it runs.
  Configuration effective;
  ReloadReport report;
};

// Throws Failure if what would be in force until the restart were dangerous (check_configuration).
ReloadPlan plan_reload(const Configuration& running, const Configuration& read);

}  // namespace commonwatch::app
