// The fold of one audience as it follows the log, and gives out each tick through its channel. On
// the aggregation's thread but for `request`.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "hub/alert/ledger.h"
#include "hub/base/clock.h"
#include "hub/base/limits.h"
#include "hub/pipeline/channel.h"
#include "hub/storage/event_log.h"
#include "hub/telemetry/metrics.h"

namespace commonwatch::pipeline {

// Told of the alerts on the live display of each audience; on the aggregation's thread, must not
// block.
struct AlertsListener {
  using Alerts = std::shared_ptr<const std::vector<model::Alert>>;
  // For each audience when its feed becomes ready, and when a new engine epoch of it is shown, in
  // which the alerts have other ids; `ledger` holds every paging record of it below `next`.
  std::function<void(const std::string& audience, Alerts alerts, alert::Ledger ledger,
                     model::Offset next)>
      begun;
  // Whenever one of them changed, from then on.
  std::function<void(const std::string& audience, Alerts alerts)> changed;
};

class LiveFold {
 public:
  using Alerts = AlertsListener::Alerts;

  // Everything outlives it.
  LiveFold(Channel& channel, const storage::EventLog& log, model::TickLength tick,
           const Clock& clock, const Limits& limits, telemetry::Metrics& metrics);

  // From a checkpoint old enough to fill the ring again. Nobody is told of alerts before
  // `tell_alerts`.
  Result<void> recover(const storage::DurableState& durable);
  // What was recovered, and caught up, can be asked for, and answered.
  void share_recovered() { share_alerts(); }
  // Tells of the alerts as they are, and from now on of every change.
  void tell_alerts(AlertsListener listener);
  // Gives out every tick up to and with `version`, of which no chunk can come any more.
  Result<void> fold_up_to(model::Version version);
  // To go over to an epoch; one that is in force already replaces what it says of agreements. Any
  // thread; does not block.
  void request(NextEpoch next);
  // Goes over to an epoch that was asked for and began at or before `sealed`; false: there is none.
  Result<bool> change_epoch(model::Version sealed);
  // If anything was given out since the last one, and, unless `at_once`, some time has passed.
  Result<void> write_checkpoint(storage::EventLog& log, bool at_once);

  const Fold& fold() const { return *fold_; }
  // The first offset that was not read.
  model::Offset read_to() const { return ahead_ ? ahead_->end() : fold_->next(); }
  const Channel& channel() const { return channel_; }
  // Recorded time at which there is something to do, as far as it is known.
  std::optional<Instant> next_change() const;
  bool is_asked() const;
  // A calibration that is due and was not begun; `take_due` says that it is.
  std::optional<hotspot::Due> find_due() const;
  void take_due(hotspot::Due due) { calibrating_ = std::move(due); }

 private:
  Result<Fold> open(const storage::DurableState& durable) const;
  // Whether retention has reduced nothing that is behind the epoch's last checkpoint at or before
  // `at`.
  bool is_whole_behind(const Epoch& epoch, model::Version at) const;
  // The version that is shown when the log is sealed up to there, unless something changed since.
  model::Version passed_by(model::Version sealed, const Epoch& epoch) const;
  Result<void> fold_anew(NextEpoch next, model::Version sealed);
  void give_out(model::Version version, Instant as_of, std::vector<model::TileDelta> deltas);
  // Gives them to whoever asks beside the feed, and returns those on the live display.
  Alerts share_alerts();
  void tell_begun(Alerts alerts);

  Channel& channel_;
  const storage::EventLog& log_;
  model::TickLength tick_;
  const Clock& clock_;
  const Limits& limits_;
  telemetry::Metrics& metrics_;
  AlertsListener listener_;
  bool telling_ = false;
  bool told_begun_ = false;  // with the epoch's own alerts

  std::optional<Fold> fold_;
  std::optional<storage::Chunk> ahead_;      // read, and of a tick that is not sealed
  std::optional<hotspot::Due> calibrating_;  // the last that was begun
  model::Version checkpointed_;
  Duration checkpointed_at_{};

  mutable std::mutex mutex_;
  std::optional<NextEpoch> next_epoch_;
};

}  // namespace commonwatch::pipeline
