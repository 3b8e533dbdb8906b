// The settings that the fold follows, as events of the log: each starts an engine epoch, as an
// erasure does.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "hub/base/error.h"
#include "hub/hotspot/engine.h"
#include "hub/model/ids.h"
#include "hub/pipeline/fold.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// Name and version of this program.
inline constexpr const char* kHubName = "commonwatch-hub/0.1.0";

// An engine epoch: which settings, and since where in the log. Its id is that of the last
// configuration or erasure event.
struct Epoch {
  model::EngineEpoch id;
  model::Offset offset;   // of the configuration or erasure event that it began with
  model::Version begins;  // the tick at which that became known
  hotspot::Settings settings;
  // What was shown before these ticks was folded with other settings or by another engine; from
  // what has been erased since. 0: nothing was.
  model::Version recomputed_before{};
  model::Version altered_before{};
};

// The epoch that is in force, for all who read while it changes. Any thread.
class CurrentEpoch {
 public:
  explicit CurrentEpoch(Epoch epoch) { set(std::move(epoch)); }

  std::shared_ptr<const Epoch> get() const {
    const std::lock_guard lock(mutex_);
    return epoch_;
  }
  void set(Epoch epoch) {
    auto next = std::make_shared<const Epoch>(std::move(epoch));
    const std::lock_guard lock(mutex_);
    epoch_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Epoch> epoch_;
};

// Everything that changes what is shown, one `key = value` a line, sorted.
std::string canonical_settings(const hotspot::Settings& settings, model::TickLength tick,
                               storage::ClockMode mode);

// The log's current epoch: appends a configuration event if the settings or the engine are others
// than those of the last one. Blocks until it is durable: not on the log thread. For start-up, and
// after an erasure or a change of settings (Aggregation::begin_epoch then takes it up).
Result<Epoch> begin_epoch(storage::EventLog& log, const hotspot::Settings& settings,
                          model::TickLength tick);

// A fold by other settings of what is durable now, for an epoch that is about to begin: it gave out
// no tick. Blocks: reads the whole log.
// kShuttingDown: `is_wanted`, asked now and then, said no.
Result<Fold> prepare_fold(const storage::EventLog& log, const hotspot::Settings& settings,
                          model::TickLength tick, const std::function<bool()>& is_wanted);
// Takes in what lies before the epoch's configuration event.
Result<void> preload(Fold& fold, const storage::EventLog& log, model::Offset below);

// The fold of `epoch` as it stands at the last checkpoint at or before `at`, or at the epoch's
// beginning. Before that (`at` < epoch.begins), at the log's beginning: what was shown then is
// computed anew with the settings of `epoch`. Blocks: reads the log.
Result<Fold> open_fold(const storage::EventLog& log, const Epoch& epoch, model::TickLength tick,
                       model::Version at);

// The name under which this audience's checkpoints are kept. One audience sees everything.
inline constexpr const char* kAudience = "all";

}  // namespace commonwatch::pipeline
