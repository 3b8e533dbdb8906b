// The settings that the folds follow, as events of the log: each starts an engine epoch for every
// audience whose picture it changes, as an erasure does.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/base/error.h"
#include "hub/hotspot/engine.h"
#include "hub/model/ids.h"
#include "hub/pipeline/fold.h"
#include "hub/pipeline/picture_settings.h"
#include "hub/pipeline/step_share.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// Name and version of this program.
inline constexpr const char* kHubName = "commonwatch-hub/0.1.0";

// An audience's engine epoch: which settings, and since where in the log. Its id depends on nothing
// that the audience is not shown.
struct Epoch {
  model::EngineEpoch id;
  model::Offset offset;   // of the configuration event that it began with
  model::Version begins;  // the tick at which that became known
  PictureSettings settings;
  // What was shown before these ticks was folded with other settings or by another engine; from
  // what has been erased since. 0: nothing was.
  model::Version recomputed_before{};
  model::Version altered_before{};
  // Nothing that is erased below concerns the audience, or it was erased before the epoch began.
  model::Offset clean_below;
  // What the audience may see, by `settings`.
  std::shared_ptr<const sharing::View> view;

  const std::string& audience() const { return settings.audience; }
};

// An epoch to go over to, and, if it was made already, a fold by its settings of the log up to
// somewhere before the event that it begins with.
struct NextEpoch {
  Epoch epoch;
  std::optional<Fold> fold;
};

// The epoch of an audience that is in force, for all who read while it changes. Any thread.
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

// Everything that changes what is shown to anybody, one `key = value` a line, sorted.
std::string canonical_settings(const PictureSettings& settings, model::TickLength tick,
                               storage::ClockMode mode);

// The log's current epochs, one for each audience, from narrow to wide: appends a configuration
// event if the settings or the engine are others than those of the last one, or something was
// erased since. Blocks until it is durable: not on the log thread. After an erasure
// or a change of settings (Aggregation::begin_epochs then takes them up); never while a record is
// being erased: the epoch would rest on what is left of it. `settings.audience` is not looked at.
Result<std::vector<Epoch>> begin_epochs(storage::EventLog& log, const PictureSettings& settings,
                                        model::TickLength tick);
// begin_epochs, for a start: an epoch begins anew as well if retention has reduced what would be
// folded again and no checkpoint has all of it: the fold need not give what viewers hold.
Result<std::vector<Epoch>> recover_epochs(storage::EventLog& log, const PictureSettings& settings,
                                          model::TickLength tick);

// A fold by other settings of what is durable now, for an epoch that is about to begin: it gave out
// no tick. Blocks: reads the whole log.
// kShuttingDown: `is_wanted`, asked now and then, said no.
Result<Fold> prepare_fold(const storage::EventLog& log, const PictureSettings& settings,
                          model::TickLength tick, const std::function<bool()>& is_wanted);
// begin_epochs, for a hub that runs: with a fold for each audience whose epoch ends, made before the
// event is appended, so that what is shown stands still for a moment only. `current`: one for each
// audience. Blocks: reads the log. kShuttingDown: as above; nothing was changed.
Result<std::vector<NextEpoch>> prepare_epochs(
    storage::EventLog& log, const std::vector<std::shared_ptr<const Epoch>>& current,
    const PictureSettings& settings, model::TickLength tick,
    const std::function<bool()>& is_wanted);
// Takes in what lies before the epoch's configuration event, and begins the epoch. Blocks: reads
// the log.
Result<void> preload(Fold& fold, const storage::EventLog& log, const Epoch& epoch,
                     model::TickLength tick);
// A share of that; true: all is done.
Result<bool> preload(Fold& fold, const storage::EventLog& log, const Epoch& epoch,
                     model::TickLength tick, StepShare& share);

// The fold of `epoch` as it stands at the last checkpoint at or before `at`. Before the epoch's
// beginning (`at` < epoch.begins), at the log's beginning: what was shown then is computed anew
// with the settings of `epoch`. Nothing: there is no such checkpoint, and an empty fold is to be
// preloaded.
std::optional<Fold> find_fold(const storage::EventLog& log, const Epoch& epoch,
                              model::TickLength tick, model::Version at);
// The same, preloaded if need be. Blocks: reads the log.
Result<Fold> open_fold(const storage::EventLog& log, const Epoch& epoch, model::TickLength tick,
                       model::Version at);

}  // namespace commonwatch::pipeline
