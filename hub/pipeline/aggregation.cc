#include "hub/pipeline/aggregation.h"

#include <algorithm>
#include <array>
#include <future>
#include <utility>

#include "hub/base/priority.h"
#include "hub/pipeline/skeletons.h"
#include "hub/telemetry/log.h"

namespace commonwatch::pipeline {
namespace {

// How often time is sealed while nothing happens, so that readers see that all is well.
constexpr auto kIdleSealInterval = std::chrono::seconds(1);
// From here on what is shown counts as the past.
constexpr auto kAgeMax = std::chrono::seconds(30);

}  // namespace

Aggregation::Aggregation(storage::EventLog& log, Channels& channels, model::TickLength tick,
                         const Clock& clock, const Limits& limits, telemetry::Metrics& metrics,
                         std::function<void(Error)> on_failure)
    : log_(log),
      channels_(channels),
      tick_(tick),
      clock_(clock),
      limits_(limits),
      metrics_(metrics),
      on_failure_(std::move(on_failure)),
      calibrator_(log) {
  for (const auto& channel : channels_.all()) {
    folds_.push_back(std::make_unique<LiveFold>(*channel, log, tick, clock, limits, metrics));
  }
}

Aggregation::~Aggregation() { stop(); }

void Aggregation::start() {
  thread_ = std::thread([this] {
    take_priority(Priority::kPicture);
    run();
  });
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

void Aggregation::begin_epochs(std::vector<NextEpoch> epochs) {
  for (NextEpoch& next : epochs) {
    const auto fold = std::ranges::find_if(folds_, [&](const auto& one) {
      return one->channel().audience == next.epoch.audience();
    });
    if (fold != folds_.end()) (*fold)->request(std::move(next));
  }
  const std::lock_guard lock(mutex_);
  asked_ = true;
  woken_.notify_one();
}

void Aggregation::run() {
  Result<void> result;
  try {
    result = recover();
    if (result) result = follow();
    if (result) result = write_checkpoints(true);
  } catch (const Failure& failure) {
    result = failure.error();
  }
  ready_ = false;
  if (!result) on_failure_(result.error());
}

Result<void> Aggregation::recover() {
  const Duration began = clock_.boot();
  const storage::DurableState durable = log_.durable();
  model::Offset start = durable.end;
  for (const auto& fold : folds_) {
    if (auto recovered = fold->recover(durable); !recovered) return recovered;
    start = std::min(start, fold->fold().next());
  }
  folded_ = start.value();
  auto sealed = seal_log();
  if (!sealed) return sealed.error();
  if (auto folded = fold_up_to(*sealed); !folded) return folded;
  // Before the hub is ready, so that nothing that comes then passes a calibration.
  set_barrier(widest().fold().picture().as_of());
  for (const auto& fold : folds_) fold->share_recovered();
  passed_at_ = clock_.boot();
  ready_ = true;
  set_metrics();
  for (const auto& fold : folds_) fold->tell_alerts(alerts_listener_);
  const std::chrono::duration<double> took = clock_.boot() - began;
  telemetry::log_info("pipeline", "ready: " + std::to_string(folded_) + " events folded, " +
                                      std::to_string(took.count()) + " s");
  // A hub that dies again and again must not fold more from start to start.
  const bool much = model::Offset(folded_) > start.plus(limits_.refold_events_max / 4);
  return much ? write_checkpoints(true) : Result<void>();
}

bool Aggregation::is_ready() const { return ready_ && age() < kAgeMax; }

Duration Aggregation::age() const {
  if (!ready_ || log_.clock_mode() != storage::ClockMode::kWall) return Duration(0);
  return std::max(Duration(0), clock_.boot() - passed_at_.load() - tick_.length());
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
    if (auto changed = change_epochs(*sealed); !changed) return changed;
    if (auto folded = fold_up_to(*sealed); !folded) return folded;
    passed_at_ = clock_.boot();
    if (const auto wanted = log_.waiting_for()) {
      if (auto passed = pass_barrier(*wanted); !passed) return passed;
    } else {
      begin_calibration();
    }
    if (auto begun = begin_retention(); !begun) return begun;
    if (auto written = write_checkpoints(false); !written) return written;
  }
}

// With the wall clock: until the next tick, and, when there is nothing to fold, until there is or
// time is sealed anyway. With time that follows data: until something is durable.
void Aggregation::wait_for_work() {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return stop_ || asked_ || log_.durable().end > seen_; };
  if (log_.clock_mode() == storage::ClockMode::kEvents) {
    // What was seen and not folded belongs to a tick that only later events can seal.
    woken_.wait_for(lock, kIdleSealInterval, [&] { return has_work() || log_.waiting_for(); });
    return;
  }
  Duration idle = kIdleSealInterval;
  for (const auto& fold : folds_) {
    const auto change = fold->next_change();
    if (change) idle = std::min<Duration>(idle, *change - log_.recorded_now());
  }
  if (idle > Duration(0)) woken_.wait_for(lock, idle, has_work);
  const Instant next_tick = tick_.instant_of(widest().fold().sealed().next());
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
  const Duration began = clock_.boot();
  // The widest audience has no longer delay than any other.
  for (const auto& fold : folds_) {
    if (auto folded = fold->fold_up_to(version); !folded) return folded;
  }
  folded_ = widest().fold().next().value();
  const std::chrono::duration<double> took = clock_.boot() - began;
  metrics_.tick_seconds.Observe(took.count());
  if (ready_) set_metrics();
  return {};
}

Result<void> Aggregation::change_epochs(model::Version sealed) {
  {
    const std::lock_guard lock(mutex_);
    if (!asked_) return {};
  }
  for (const auto& fold : folds_) {
    const auto changed = fold->change_epoch(sealed);
    if (!changed) return changed.error();
    if (!*changed) continue;
    if (auto written = fold->write_checkpoint(log_, true); !written) return written;
  }
  set_barrier(widest().fold().picture().as_of());
  const std::lock_guard lock(mutex_);
  asked_ = std::ranges::any_of(folds_, [](const auto& fold) { return fold->is_asked(); });
  return {};
}

void Aggregation::set_barrier(Instant from) {
  if (log_.clock_mode() != storage::ClockMode::kEvents) return;
  barrier_ = Instant::max();
  for (const auto& fold : folds_) {
    const hotspot::Engine& engine = fold->fold().picture().layer().engine();
    barrier_ = std::min(barrier_, engine.next_calibration_time(from));
  }
  log_.hold_at(barrier_);
}

void Aggregation::begin_calibration() {
  if (log_.clock_mode() != storage::ClockMode::kWall) return;
  for (const auto& fold : folds_) {
    const auto due = fold->find_due();
    if (!due) continue;
    const Layer& layer = fold->fold().picture().layer();
    if (calibrator_.start(layer.null_model(*due), fold->channel().audience)) fold->take_due(*due);
    return;
  }
}

Result<void> Aggregation::pass_barrier(Instant wanted) {
  const model::Version version = tick_.at_or_after(barrier_);
  const Instant tick = tick_.instant_of(version);
  std::promise<Result<storage::DurableState>> promise;
  log_.seal(tick, [&promise](Result<storage::DurableState> sealed) {
    promise.set_value(std::move(sealed));
  });
  if (const auto sealed = promise.get_future().get(); !sealed) return sealed.error();
  if (auto folded = fold_up_to(version); !folded) return folded;
  for (const auto& fold : folds_) {
    const Layer& layer = fold->fold().picture().layer();
    const auto due = layer.engine().due();
    for (const hotspot::Due& one : due) {
      const auto made = calibrator_.run(layer.null_model(one), fold->channel().audience);
      if (made) continue;
      // The hub is stopping: what waits is refused, and sent again later.
      if (made.error().code == ErrorCode::kShuttingDown) return {};
      return made.error();
    }
  }
  // Through a gap in the data at once: nothing comes in between.
  set_barrier(std::max(tick, wanted - std::chrono::days(1)));
  return {};
}

Result<void> Aggregation::write_checkpoints(bool at_once) {
  for (const auto& fold : folds_) {
    if (auto written = fold->write_checkpoint(log_, at_once); !written) return written;
  }
  return {};
}

// Of the audience that sees most; memory is of all.
void Aggregation::set_metrics() {
  const Layer& layer = widest().fold().picture().layer();
  metrics_.incidents.Set(static_cast<double>(layer.engine().incidents()));
  double bytes = 0;
  for (const auto& fold : folds_) {
    bytes += static_cast<double>(fold->fold().picture().layer().engine().bytes());
  }
  metrics_.engine_bytes.Set(bytes);
  constexpr std::array kLevels = {std::pair(model::Severity::kNote, "note"),
                                  std::pair(model::Severity::kWatch, "watch"),
                                  std::pair(model::Severity::kAlert, "alert")};
  const auto live = layer.episodes().live();
  for (const auto& [level, name] : kLevels) {
    const auto is_open = [level = level](const model::Alert& alert) {
      return alert.state == model::AlertState::kOpen && alert.hotspot.severity == level;
    };
    metrics_.set_open_alerts(name, static_cast<double>(std::ranges::count_if(live, is_open)));
  }
  for (const alert::Grades& grades : layer.episodes().grades()) {
    metrics_.set_graded(grades.jurisdiction, grades.graded, grades.real);
  }
  constexpr std::array kStates = {std::pair(model::HealthState::kStarting, "starting"),
                                  std::pair(model::HealthState::kOnTime, "on_time"),
                                  std::pair(model::HealthState::kLate, "late"),
                                  std::pair(model::HealthState::kSilent, "silent")};
  for (const auto& [state, name] : kStates) {
    metrics_.set_sources(name, static_cast<double>(std::ranges::count(
                                   layer.sources(), state, &model::SourceHealth::state)));
  }
}

Result<void> Aggregation::begin_retention() {
  std::optional<storage::Retention> retention;
  const Instant now = widest().fold().picture().as_of();
  {
    const std::lock_guard lock(mutex_);
    const auto day = std::chrono::floor<std::chrono::days>(now);
    if (!retention_ || *retaining_ || day <= retained_) return {};
    retained_ = day;
    retention = retention_;
  }
  // What is about to be reduced need not give the same state again.
  if (auto written = write_checkpoints(true); !written) return written;
  *retaining_ = true;
  std::vector<const Picture*> pictures;
  model::Offset clean_below = log_.durable().end;
  for (const auto& fold : folds_) {
    pictures.push_back(&fold->fold().picture());
    clean_below = std::min(clean_below, fold->channel().epoch.get()->clean_below);
  }
  log_.reduce_before(*std::move(retention), now, clean_below, make_skeletons(pictures),
                     [under_way = retaining_](const Result<storage::RetentionPass>& pass) {
                       *under_way = false;
                       if (!pass) {
                         const Error& error = pass.error();
                         if (error.code == ErrorCode::kShuttingDown) return;
                         telemetry::log_warning("storage", "retention: " + error.message);
                       } else if (pass->chunks > 0) {
                         telemetry::log_info("storage",
                                             "retention: " + std::to_string(pass->skeletons) +
                                                 " events reduced to skeletons, " +
                                                 std::to_string(pass->stubs) + " to stubs");
                       }
                     });
  return {};
}

}  // namespace commonwatch::pipeline
