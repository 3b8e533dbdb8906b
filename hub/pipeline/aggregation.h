// Log to engine to feed, live: one thread that folds what is durable and gives out each tick.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "hub/base/clock.h"
#include "hub/base/limits.h"
#include "hub/feed/feed.h"
#include "hub/pipeline/alert_history.h"
#include "hub/pipeline/calibrator.h"
#include "hub/pipeline/configuration.h"
#include "hub/storage/event_log.h"
#include "hub/telemetry/metrics.h"

namespace commonwatch::pipeline {

// Told of the alerts on the live display; on the aggregation's thread, must not block.
struct AlertsListener {
  using Alerts = std::shared_ptr<const std::vector<model::Alert>>;
  // Once, when the feed becomes ready; `ledger` holds every paging record below `next`.
  std::function<void(Alerts alerts, alert::Ledger ledger, model::Offset next)> ready;
  // Whenever one of them changed, from then on.
  std::function<void(Alerts alerts)> changed;
};

class Aggregation {
 public:
  // Everything outlives the aggregation, which moves `epoch` on. `on_failure` is called once, on
  // its thread, when it can not go on: the hub must stop being ready, and end.
  Aggregation(storage::EventLog& log, feed::Feed& feed, AlertHistory& alerts, CurrentEpoch& epoch,
              model::TickLength tick, const Clock& clock, const Limits& limits,
              telemetry::Metrics& metrics, std::function<void(Error)> on_failure);
  ~Aggregation();

  // Starts the thread: it recovers (from a checkpoint old enough to fill the ring again), then
  // follows the log. The feed is ready when it has caught up with what was durable at the start.
  void start();
  // Before `start`.
  void set_alerts_listener(AlertsListener listener) { alerts_listener_ = std::move(listener); }
  // Goes over to an epoch whose event is durable, with the first tick that knows it: folds anew
  // what was before, and gives every reader the new state. `fold`: by the epoch's settings, of the
  // log up to somewhere before that event; without one the feed stands still for as long as it
  // takes. Any thread; does not block.
  void begin_epoch(Epoch epoch, std::optional<Fold> fold = std::nullopt);
  // Folds what is durable, writes a checkpoint, ends the thread. May be called twice.
  void stop();
  // From now on reduces events in the log as it says, once for each day (UTC) of recorded time. Any
  // thread; does not block.
  void set_retention(storage::Retention retention);
  // Something became durable. Any thread; does not block.
  void wake();

  bool is_ready() const { return ready_; }
  // Durable events below this offset are folded in.
  model::Offset folded() const { return model::Offset(folded_); }

 private:
  void run();
  Result<void> recover();
  Result<Fold> open_live_fold(const storage::DurableState& durable) const;
  Result<void> follow();
  void wait_for_work();
  void begin_retention();
  // The last tick of which no chunk can come any more.
  Result<model::Version> seal_log();
  Result<void> fold_up_to(model::Version version);
  // Whether `begin_epoch` asked for one that begins at or before `sealed`, and then goes over to
  // it.
  Result<bool> change_epoch(model::Version sealed);
  Result<void> fold_anew(Epoch epoch, Fold fold, model::Version sealed);
  void set_barrier();
  // With time that follows data: what waits at the barrier goes on behind the calibrations that are
  // due there.
  Result<void> pass_barrier(Instant wanted);
  Result<void> begin_calibrations();
  // Gives them to whoever asks beside the feed, and returns those on the live display.
  AlertsListener::Alerts share_alerts();
  void count_alerts(const std::vector<model::Alert>& live);
  void count_sources();
  Result<void> write_checkpoint();
  void give_out(model::Version version, Instant as_of, std::vector<model::TileDelta> deltas);

  storage::EventLog& log_;
  feed::Feed& feed_;
  AlertHistory& alerts_;
  CurrentEpoch& epoch_;
  model::TickLength tick_;
  const Clock& clock_;
  const Limits& limits_;
  telemetry::Metrics& metrics_;
  std::function<void(Error)> on_failure_;

  AlertsListener alerts_listener_;
  Calibrator calibrator_;
  std::optional<hotspot::Due> calibrating_;  // the last that was begun
  Instant barrier_{};

  std::optional<Fold> fold_;
  std::optional<storage::Chunk> ahead_;  // read, and of a tick that is not sealed
  model::Offset seen_;                   // durable when the log was sealed last
  model::Version checkpointed_;
  Duration checkpointed_at_{};
  Duration sealed_at_{};

  std::mutex mutex_;
  std::condition_variable woken_;
  bool stop_ = false;
  struct NextEpoch {
    Epoch epoch;
    std::optional<Fold> fold;
  };
  std::optional<NextEpoch> next_epoch_;
  std::optional<storage::Retention> retention_;
  std::chrono::sys_days retained_{};  // the day of the last pass
  // A pass is under way; its callback may come after this is gone.
  std::shared_ptr<std::atomic<bool>> retaining_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> ready_{false};
  std::atomic<std::uint64_t> folded_{0};
  std::thread thread_;
};

}  // namespace commonwatch::pipeline
