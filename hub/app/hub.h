// The hub, put together: what starts after what, and what stops before what.
#pragma once

#include <memory>

#include "hub/app/configuration.h"

namespace commonwatch::app {

class Hub {
 public:
  // Opens the log and binds the addresses. `source`: what is read again on SIGHUP. Throws Failure.
  Hub(ConfigurationSource source, Configuration configuration);
  ~Hub();

  // Serves until SIGTERM or SIGINT, then drains: not ready, going_away, the last
  // acknowledgements, sessions closed, checkpoint, log closed. A second signal ends at once. SIGHUP
  // reads the configuration again.
  // Returns the exit status: 0, or 1 if the log or the engine failed.
  int run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonwatch::app
