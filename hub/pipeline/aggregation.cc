#include "hub/pipeline/aggregation.h"

#include <algorithm>
#include <array>
#include <future>
#include <utility>

#include "hub/telemetry/log.h"

namespace commonwatch::pipeline {
namespace {

constexpr auto kCheckpointInterval = std::chrono::seconds(60);
constexpr std::size_t kCheckpointsKept = 8;
// How often time is sealed while nothing happens, so that readers see that all is well.
constexpr auto kIdleSealInterval = std::chrono::seconds(1);

}  // namespace

Aggregation::Aggregation(storage::EventLog& log, feed::Feed& feed, AlertHistory& alerts,
                         CurrentEpoch& epoch, model::TickLength tick, const Clock& clock,
                         const Limits& limits, telemetry::Metrics& metrics,
                         std::function<void(Error)> on_failure)
    : log_(log),
      feed_(feed),
      alerts_(alerts),
      epoch_(epoch),
      tick_(tick),
      clock_(clock),
      limits_(limits),
      metrics_(metrics),
      on_failure_(std::move(on_failure)),
      calibrator_(log) {}

Aggregation::~Aggregation() { stop(); }

void Aggregation::start() {
  thread_ = std::thread([this] { run(); });
}

void Aggregation::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  woken_.notify_one();
  calibrator_.stop();
  if (thread_.joinable()) thread_.join();
}

void Aggregation::set_retention(storage::Retention retention) {
  const std::lock_guard lock(mutex_);
  retention_ = std::move(retention);
  retained_ = {};
  woken_.notify_one();
}

void Aggregation::wake() {
  // Under the lock, so that it is not missed between a look at the log and the wait.
  const std::lock_guard lock(mutex_);
  woken_.notify_one();
}

void Aggregation::run() {
  Result<void> result;
  try {
    result = recover();
    if (result) result = follow();
    if (result && checkpointed_ != fold_->sealed()) result = write_checkpoint();
  } catch (const Failure& failure) {
    result = failure.error();
  }
  ready_ = false;
  if (!result) on_failure_(result.error());
}

// Old enough to fill the ring again, unless that is too much to fold: then the ring begins later, and
// who resumes from before it gets the whole state.
Result<Fold> Aggregation::open_live_fold(const storage::DurableState& durable) const {
  const Instant ring_start = durable.recorded - std::chrono::milliseconds(limits_.ring_ms_max);
  const auto epoch = epoch_.get();
  auto fold =
      open_fold(log_, *epoch, tick_, std::max(tick_.at_or_before(ring_start), epoch->begins));
  if (!fold || fold->next().plus(limits_.refold_events_max) >= durable.end) return fold;
  return open_fold(log_, *epoch, tick_,
                   std::max(tick_.at_or_before(durable.recorded), epoch->begins));
}

Result<void> Aggregation::recover() {
  const Duration began = clock_.boot();
  const storage::DurableState durable = log_.durable();
  const auto epoch = epoch_.get();
  auto fold = open_live_fold(durable);
  if (!fold) return fold.error();
  fold_.emplace(std::move(*fold));
  const model::Offset start = fold_->next();
  folded_ = start.value();
  const Picture& picture = fold_->picture();
  checkpointed_ = picture.version();
  checkpointed_at_ = began;
  feed_.reset({epoch->id, picture.version()}, picture.as_of(), picture.tiles());
  auto sealed = seal_log();
  if (!sealed) return sealed.error();
  if (auto folded = fold_up_to(*sealed); !folded) return folded;
  // Before the hub is ready, so that nothing that comes then passes a calibration.
  set_barrier();
  const auto alerts = share_alerts();
  ready_ = true;
  count_sources();
  if (alerts_listener_.ready) {
    alerts_listener_.ready(alerts, fold_->picture().ledger(), fold_->next());
  }
  const std::chrono::duration<double> took = clock_.boot() - began;
  telemetry::log_info("pipeline", "ready: " + std::to_string(fold_->next().value()) +
                                      " events folded, " + std::to_string(took.count()) + " s");
  // A hub that dies again and again must not fold more from start to start.
  const bool much = fold_->next() > start.plus(limits_.refold_events_max / 4);
  return much ? write_checkpoint() : Result<void>();
}

Result<void> Aggregation::follow() {
  for (;;) {
    wait_for_work();
    {
      const std::lock_guard lock(mutex_);
      if (stop_) return {};
    }
    auto sealed = seal_log();
    if (!sealed) return sealed.error();
    const auto changed = change_epoch(*sealed);
    if (!changed) return changed.error();
    if (!*changed && *sealed > fold_->sealed()) {
      if (auto folded = fold_up_to(*sealed); !folded) return folded;
    }
    if (const auto wanted = log_.waiting_for()) {
      if (auto passed = pass_barrier(*wanted); !passed) return passed;
    } else if (auto begun = begin_calibrations(); !begun) {
      return begun;
    }
    begin_retention();
    if (clock_.boot() - checkpointed_at_ >= kCheckpointInterval &&
        checkpointed_ != fold_->picture().version()) {
      if (auto written = write_checkpoint(); !written) return written;
    }
  }
}

// With the wall clock: until the next tick, and, when there is nothing to fold, until there is or
// time is sealed anyway. With time that follows data: until something is durable.
void Aggregation::wait_for_work() {
  std::unique_lock lock(mutex_);
  if (log_.clock_mode() == storage::ClockMode::kEvents) {
    // What was seen and not folded belongs to a tick that only later events can seal.
    woken_.wait_for(lock, kIdleSealInterval, [this] {
      return stop_ || next_epoch_ || log_.durable().end > seen_ || log_.waiting_for();
    });
    return;
  }
  const auto has_events = [this] {
    return stop_ || next_epoch_ || log_.durable().end > fold_->next();
  };
  const auto change = fold_->picture().next_change();
  const auto until_change = change ? *change - log_.recorded_now() : Duration::max();
  const Duration idle = std::min<Duration>(kIdleSealInterval, until_change);
  if (idle > Duration(0)) woken_.wait_for(lock, idle, has_events);
  const Instant next_tick = tick_.instant_of(fold_->sealed().next());
  const Duration until_tick = next_tick - log_.recorded_now();
  if (until_tick > Duration(0)) woken_.wait_for(lock, until_tick, [this] { return stop_; });
}

Result<model::Version> Aggregation::seal_log() {
  const model::Version version = tick_.at_or_before(log_.recorded_now());
  std::promise<Result<storage::DurableState>> promise;
  log_.seal(tick_.instant_of(version), [&promise](Result<storage::DurableState> sealed) {
    promise.set_value(std::move(sealed));
  });
  const auto sealed = promise.get_future().get();
  if (!sealed) return sealed.error();
  seen_ = sealed->end;
  // The stamp of every later chunk is greater than that of the last durable one.
  return log_.clock_mode() == storage::ClockMode::kWall ? version
                                                        : tick_.at_or_before(sealed->recorded);
}

Result<void> Aggregation::fold_up_to(model::Version version) {
  const TickSink sink = [this](model::Version tick, Instant as_of,
                               std::vector<model::TileDelta> deltas) {
    give_out(tick, as_of, std::move(deltas));
  };
  const Duration began = clock_.boot();
  const Instant end = tick_.instant_of(version);
  for (;;) {
    if (!ahead_) {
      auto chunk = log_.read(fold_->next());
      if (!chunk) return chunk.error();
      ahead_ = std::move(*chunk);
    }
    if (!ahead_ || ahead_->recorded > end) break;
    fold_->apply(*ahead_, sink);
    ahead_.reset();
    folded_ = fold_->next().value();
  }
  fold_->seal(version, sink);
  // The last tick itself may have been given out with something in it.
  if (feed_.position().version < version) feed_.publish(version, end, {});
  const std::chrono::duration<double> took = clock_.boot() - began;
  metrics_.tick_seconds.Observe(took.count());
  metrics_.incidents.Set(static_cast<double>(fold_->picture().engine().incidents()));
  metrics_.engine_bytes.Set(static_cast<double>(fold_->picture().engine().bytes()));
  return {};
}

void Aggregation::give_out(model::Version version, Instant as_of,
                           std::vector<model::TileDelta> deltas) {
  metrics_.ticks.Increment();
  const bool alerts_changed = std::any_of(deltas.begin(), deltas.end(), [](const auto& delta) {
    return !delta.changed.alerts.empty();
  });
  // Before anybody is shown them: what is shown can be answered.
  const auto alerts = ready_ && alerts_changed ? share_alerts() : nullptr;
  feed_.publish(version, as_of, std::move(deltas));
  if (!ready_) return;
  count_sources();
  if (alerts && alerts_listener_.changed) alerts_listener_.changed(alerts);
}

AlertsListener::Alerts Aggregation::share_alerts() {
  const alert::Episodes& episodes = fold_->picture().episodes();
  using Alerts = std::vector<model::Alert>;
  alerts_.set(std::make_shared<const Alerts>(episodes.lived(Instant{}, Instant::max())));
  auto live = std::make_shared<const Alerts>(episodes.live());
  count_alerts(*live);
  return live;
}

void Aggregation::count_alerts(const std::vector<model::Alert>& live) {
  constexpr std::array kLevels = {std::pair(model::Severity::kNote, "note"),
                                  std::pair(model::Severity::kWatch, "watch"),
                                  std::pair(model::Severity::kAlert, "alert")};
  for (const auto& [level, name] : kLevels) {
    metrics_.set_open_alerts(
        name, static_cast<double>(std::count_if(live.begin(), live.end(), [&](const auto& alert) {
          return alert.state == model::AlertState::kOpen && alert.hotspot.severity == level;
        })));
  }
  for (const alert::Grades& grades : fold_->picture().episodes().grades()) {
    metrics_.set_graded(grades.jurisdiction, grades.graded, grades.real);
  }
}

void Aggregation::count_sources() {
  constexpr std::array kStates = {std::pair(model::HealthState::kStarting, "starting"),
                                  std::pair(model::HealthState::kOnTime, "on_time"),
                                  std::pair(model::HealthState::kLate, "late"),
                                  std::pair(model::HealthState::kSilent, "silent")};
  const auto& sources = fold_->picture().sources();
  for (const auto& [state, name] : kStates) {
    metrics_.set_sources(name, static_cast<double>(std::count_if(
                                   sources.begin(), sources.end(),
                                   [&](const auto& source) { return source.state == state; })));
  }
}

Result<void> Aggregation::begin_calibrations() {
  if (log_.clock_mode() != storage::ClockMode::kWall) return {};
  for (const hotspot::Due& due : fold_->picture().engine().due()) {
    if (calibrating_ == due) continue;
    if (calibrator_.start(fold_->picture().null_model(due))) calibrating_ = due;
    break;
  }
  return {};
}

Result<void> Aggregation::pass_barrier(Instant wanted) {
  const model::Version version = tick_.at_or_after(barrier_);
  const Instant tick = tick_.instant_of(version);
  std::promise<Result<storage::DurableState>> promise;
  log_.seal(tick, [&promise](Result<storage::DurableState> sealed) {
    promise.set_value(std::move(sealed));
  });
  if (const auto sealed = promise.get_future().get(); !sealed) return sealed.error();
  if (version > fold_->sealed()) {
    if (auto folded = fold_up_to(version); !folded) return folded;
  }
  const auto due = fold_->picture().engine().due();
  for (const hotspot::Due& one : due) {
    const auto made = calibrator_.run(fold_->picture().null_model(one));
    if (made) continue;
    // The hub is stopping: what waits is refused, and sent again later.
    if (made.error().code == ErrorCode::kShuttingDown) return {};
    return made.error();
  }
  // Through a gap in the data at once: nothing comes in between.
  const Instant from = std::max(tick, wanted - std::chrono::days(1));
  barrier_ = fold_->picture().engine().next_calibration_time(from);
  log_.hold_at(barrier_);
  return {};
}

Result<void> Aggregation::write_checkpoint() {
  const Picture& picture = fold_->picture();
  const storage::Checkpoint checkpoint{epoch_.get()->id, picture.version(), fold_->next(),
                                       picture.checkpoint()};
  checkpointed_at_ = clock_.boot();
  checkpointed_ = picture.version();
  return log_.write_checkpoint(kAudience, checkpoint, kCheckpointsKept);
}

}  // namespace commonwatch::pipeline
