// What a command may ask of the hub that it runs in. Everything outlives every command; any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "hub/app/configuration.h"
#include "hub/app/reload.h"
#include "hub/base/error.h"
#include "hub/pipeline/aggregation.h"
#include "hub/session/services.h"
#include "hub/session/shard.h"

namespace commonwatch::app {

struct RunningHub {
  session::Services& services;
  std::vector<std::unique_ptr<session::Shard>>& shards;
  pipeline::Aggregation& aggregation;
  // Reads the file again and applies it; one at a time. An error says what is wrong and where, and
  // nothing was changed. `by`: who asked.
  std::function<Result<ReloadReport>(const std::string& by)> reload;
  // Has `erase` take something out of the log, then shows the log folded anew to whom that
  // concerns. Blocks, also while something else is erased or reloaded. Throws Failure.
  std::function<void(const std::function<void()>& erase)> alter;
  // Held while a backup is taken, and while a record is erased: an erasure names every backup that
  // holds the record.
  std::mutex& backups_mutex;
};

}  // namespace commonwatch::app
