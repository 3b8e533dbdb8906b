// What the aggregation does beside following the log: a new epoch, retention.
#include <algorithm>
#include <utility>

#include "hub/pipeline/aggregation.h"
#include "hub/pipeline/skeletons.h"
#include "hub/telemetry/log.h"

namespace commonwatch::pipeline {

void Aggregation::set_barrier() {
  if (log_.clock_mode() != storage::ClockMode::kEvents) return;
  const Picture& picture = fold_->picture();
  barrier_ = picture.engine().next_calibration_time(picture.as_of());
  log_.hold_at(barrier_);
}

void Aggregation::begin_epoch(Epoch epoch, std::optional<Fold> fold) {
  const std::lock_guard lock(mutex_);
  next_epoch_.emplace(NextEpoch{std::move(epoch), std::move(fold)});
  woken_.notify_one();
}

Result<bool> Aggregation::change_epoch(model::Version sealed) {
  std::optional<NextEpoch> next;
  {
    const std::lock_guard lock(mutex_);
    if (!next_epoch_ || sealed < next_epoch_->epoch.begins) return false;
    next.swap(next_epoch_);
  }
  // The old epoch's last ticks are its own.
  const model::Version last(next->epoch.begins.value() - 1);
  if (last > fold_->sealed()) {
    if (auto folded = fold_up_to(last); !folded) return folded.error();
  }
  Fold fold = next->fold ? *std::move(next->fold)
                         : Fold(Picture(next->epoch.settings), tick_, model::Offset(0));
  if (auto done = fold_anew(std::move(next->epoch), std::move(fold), sealed); !done) {
    return done.error();
  }
  return true;
}

Result<void> Aggregation::fold_anew(Epoch epoch, Fold fold, model::Version sealed) {
  if (auto loaded = preload(fold, log_, epoch.offset); !loaded) return loaded;
  const TickSink nobody = [](model::Version, Instant, const std::vector<model::TileDelta>&) {};
  ahead_.reset();
  for (;;) {
    auto chunk = log_.read(fold.next());
    if (!chunk) return chunk.error();
    if (!*chunk) break;
    if ((*chunk)->recorded > tick_.instant_of(sealed)) {
      ahead_ = std::move(*chunk);
      break;
    }
    fold.apply(**chunk, nobody);
  }
  fold.seal(sealed, nobody);
  fold_.emplace(std::move(fold));
  folded_ = fold_->next().value();
  calibrating_.reset();
  checkpointed_ = model::Version();
  epoch_.set(epoch);
  const auto alerts = share_alerts();
  feed_.reset({epoch.id, sealed}, tick_.instant_of(sealed), fold_->picture().tiles());
  set_barrier();
  count_sources();
  if (alerts_listener_.changed) alerts_listener_.changed(alerts);
  telemetry::log_info("pipeline",
                      "a new engine epoch is shown: " + std::to_string(fold_->next().value()) +
                          " events folded anew");
  return write_checkpoint();
}

void Aggregation::begin_retention() {
  std::optional<storage::Retention> retention;
  const Instant now = fold_->picture().as_of();
  {
    const std::lock_guard lock(mutex_);
    const auto day = std::chrono::floor<std::chrono::days>(now);
    if (!retention_ || *retaining_ || day <= retained_) return;
    retained_ = day;
    retention = retention_;
  }
  *retaining_ = true;
  log_.reduce_before(*std::move(retention), now, make_skeletons(fold_->picture()),
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
}

}  // namespace commonwatch::pipeline
