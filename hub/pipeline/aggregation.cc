#include "hub/pipeline/aggregation.h"

#include <algorithm>
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

Aggregation::Aggregation(storage::EventLog& log, feed::Feed& feed, Epoch epoch,
                         model::TickLength tick, const Clock& clock, const Limits& limits,
                         telemetry::Metrics& metrics, std::function<void(Error)> on_failure)
    : log_(log),
      feed_(feed),
      epoch_(std::move(epoch)),
      tick_(tick),
      clock_(clock),
      limits_(limits),
      metrics_(metrics),
      on_failure_(std::move(on_failure)) {}

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
  if (thread_.joinable()) thread_.join();
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

Result<void> Aggregation::recover() {
  const Duration began = clock_.boot();
  const storage::DurableState durable = log_.durable();
  const Instant ring_start = durable.recorded - std::chrono::milliseconds(limits_.ring_ms_max);
  auto fold =
      open_fold(log_, epoch_, tick_, std::max(tick_.at_or_before(ring_start), epoch_.begins));
  if (!fold) return fold.error();
  fold_.emplace(std::move(*fold));
  folded_ = fold_->next().value();
  const hotspot::Engine& engine = fold_->engine();
  checkpointed_ = engine.version();
  checkpointed_at_ = began;
  feed_.reset({epoch_.id, engine.version()}, engine.as_of(), engine.tiles());
  auto sealed = seal_log();
  if (!sealed) return sealed.error();
  if (auto folded = fold_up_to(*sealed); !folded) return folded;
  ready_ = true;
  const std::chrono::duration<double> took = clock_.boot() - began;
  telemetry::log_info("pipeline", "ready: " + std::to_string(fold_->next().value()) +
                                      " events folded, " + std::to_string(took.count()) + " s");
  return {};
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
    if (*sealed > fold_->sealed()) {
      if (auto folded = fold_up_to(*sealed); !folded) return folded;
    }
    if (clock_.boot() - checkpointed_at_ >= kCheckpointInterval &&
        checkpointed_ != fold_->engine().version()) {
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
    woken_.wait_for(lock, kIdleSealInterval,
                    [this] { return stop_ || log_.durable().end > seen_; });
    return;
  }
  const auto has_events = [this] { return stop_ || log_.durable().end > fold_->next(); };
  const auto change = fold_->engine().next_change();
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
  metrics_.incidents.Set(static_cast<double>(fold_->engine().incidents()));
  metrics_.engine_bytes.Set(static_cast<double>(fold_->engine().bytes()));
  return {};
}

void Aggregation::give_out(model::Version version, Instant as_of,
                           std::vector<model::TileDelta> deltas) {
  metrics_.ticks.Increment();
  feed_.publish(version, as_of, std::move(deltas));
}

Result<void> Aggregation::write_checkpoint() {
  const hotspot::Engine& engine = fold_->engine();
  const storage::Checkpoint checkpoint{epoch_.id, engine.version(), fold_->next(),
                                       engine.checkpoint()};
  checkpointed_at_ = clock_.boot();
  checkpointed_ = engine.version();
  return log_.write_checkpoint(kAudience, checkpoint, kCheckpointsKept);
}

}  // namespace commonwatch::pipeline
