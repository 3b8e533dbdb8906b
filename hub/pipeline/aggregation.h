// Log to engines to feeds, live: one thread that folds what is durable, for each audience by itself,
// and gives out each tick.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "hub/base/clock.h"
#include "hub/base/limits.h"
#include "hub/pipeline/calibrator.h"
#include "hub/pipeline/channel.h"
#include "hub/pipeline/live_fold.h"
#include "hub/storage/event_log.h"
#include "hub/telemetry/metrics.h"

namespace commonwatch::pipeline {

class Aggregation {
 public:
  // Everything outlives the aggregation, which moves the channels' epochs on. `on_failure` is called
  // once, on its thread, when it can not go on: the hub must stop being ready, and end.
  Aggregation(storage::EventLog& log, Channels& channels, model::TickLength tick,
              const Clock& clock, const Limits& limits, telemetry::Metrics& metrics,
              std::function<void(Error)> on_failure);
  ~Aggregation();

  // Starts the thread: it recovers (from checkpoints old enough to fill the rings again), then
  // follows the log. The feeds are ready when they have caught up with what was durable at the
  // start.
  void start();
  // Before `start`.
  void set_alerts_listener(AlertsListener listener) { alerts_listener_ = std::move(listener); }
  // Goes over to epochs whose events are durable, each with the first tick that knows it: folds
  // anew what was before, and gives every reader the new state. An audience whose epoch is in force
  // already goes on undisturbed. Without a fold the feed stands still for as long as it takes. Any
  // thread; does not block.
  void begin_epochs(std::vector<NextEpoch> epochs);
  // Folds what is durable, writes checkpoints, ends the thread. May be called twice.
  void stop();
  // From now on reduces events in the log as it says, once for each day (UTC) of recorded time. Any
  // thread; does not block.
  void set_retention(storage::Retention retention);
  // Something became durable. Any thread; does not block.
  void wake();

  // False as well while nothing is folded for a while, whatever holds it up.
  bool is_ready() const;
  // How much longer than a tick ago everything that was durable then had been folded. 0: not ready
  // yet, or recorded time follows the data.
  Duration age() const;
  // Durable events below this offset are folded in, where they count already.
  model::Offset folded() const { return model::Offset(folded_); }

 private:
  using LiveFolds = std::vector<std::unique_ptr<LiveFold>>;

  void run();
  Result<void> recover();
  Result<void> follow();
  void wait_for_work();
  Result<void> begin_retention();
  // The last tick of which no chunk can come any more.
  Result<model::Version> seal_log();
  Result<void> fold_up_to(model::Version version);
  Result<void> change_epochs(model::Version sealed);
  void set_barrier(Instant from);
  // With time that follows data: what waits at the barrier goes on behind the calibrations that are
  // due there.
  Result<void> pass_barrier(Instant wanted);
  void begin_calibration();
  Result<void> write_checkpoints(bool at_once);
  void set_metrics();
  LiveFold& widest() const { return *folds_.back(); }

  storage::EventLog& log_;
  Channels& channels_;
  model::TickLength tick_;
  const Clock& clock_;
  const Limits& limits_;
  telemetry::Metrics& metrics_;
  std::function<void(Error)> on_failure_;

  AlertsListener alerts_listener_;
  Calibrator calibrator_;
  Instant barrier_{};

  LiveFolds folds_;     // one for each channel, in their order
  model::Offset seen_;  // durable when the log was sealed last

  std::mutex mutex_;
  std::condition_variable woken_;
  bool stop_ = false;
  bool asked_ = false;  // epochs were asked for
  std::optional<storage::Retention> retention_;
  std::chrono::sys_days retained_{};  // the day of the last pass
  // A pass is under way; its callback may come after this is gone.
  std::shared_ptr<std::atomic<bool>> retaining_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> ready_{false};
  std::atomic<Duration> passed_at_{Duration(0)};  // boot clock
  std::atomic<std::uint64_t> folded_{0};
  std::thread thread_;
};

}  // namespace commonwatch::pipeline
