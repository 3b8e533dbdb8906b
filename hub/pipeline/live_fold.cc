#include "hub/pipeline/live_fold.h"

#include <algorithm>
#include <utility>

#include "hub/telemetry/log.h"

namespace commonwatch::pipeline {
namespace {

constexpr auto kCheckpointInterval = std::chrono::seconds(60);
constexpr std::size_t kCheckpointsKept = 8;

}  // namespace

LiveFold::LiveFold(Channel& channel, const storage::EventLog& log, model::TickLength tick,
                   const Clock& clock, const Limits& limits, telemetry::Metrics& metrics)
    : channel_(channel),
      log_(log),
      tick_(tick),
      clock_(clock),
      limits_(limits),
      metrics_(metrics) {}

bool LiveFold::is_whole_behind(const Epoch& epoch, model::Version at) const {
  const auto reduced = log_.reduced();
  if (!reduced) return true;
  const auto checkpoint = log_.read_checkpoint(epoch.audience(), epoch.id, at);
  return checkpoint && checkpoint->next >= reduced->end;
}

// Old enough to fill the ring again, unless that is too much to fold: then the ring begins later,
// and who resumes from before it gets the whole state. So it does if retention has reduced since
// what would be folded again: that need not give the same state.
Result<Fold> LiveFold::open(const storage::DurableState& durable) const {
  const Instant ring_start = durable.recorded - std::chrono::milliseconds(limits_.ring_ms_max);
  const auto epoch = channel_.epoch.get();
  const model::Version ring = std::max(tick_.at_or_before(ring_start), epoch->begins);
  if (is_whole_behind(*epoch, ring)) {
    auto fold = open_fold(log_, *epoch, tick_, ring);
    if (!fold || fold->next().plus(limits_.refold_events_max) >= durable.end) return fold;
  }
  return open_fold(log_, *epoch, tick_,
                   std::max(tick_.at_or_before(durable.recorded), epoch->begins));
}

Result<void> LiveFold::recover(const storage::DurableState& durable) {
  auto fold = open(durable);
  if (!fold) return fold.error();
  fold_.emplace(std::move(*fold));
  const Picture& picture = fold_->picture();
  checkpointed_ = picture.version();
  checkpointed_at_ = clock_.boot();
  channel_.feed.reset({channel_.epoch.get()->id, picture.version()}, picture.as_of(),
                      picture.tiles());
  return {};
}

void LiveFold::tell_alerts(AlertsListener listener) {
  listener_ = std::move(listener);
  telling_ = true;
  tell_begun(share_alerts());
}

void LiveFold::tell_begun(Alerts alerts) {
  told_begun_ = fold_->picture().layer().episodes().has_begun();
  if (!listener_.begun) return;
  listener_.begun(channel_.audience, std::move(alerts), fold_->picture().layer().ledger(),
                  fold_->next());
}

Result<void> LiveFold::fold_up_to(model::Version version) {
  if (version <= fold_->sealed()) return {};
  const TickSink sink = [this](model::Version tick, Instant as_of,
                               std::vector<model::TileDelta> deltas) {
    give_out(tick, as_of, std::move(deltas));
  };
  const Instant end = tick_.instant_of(version);
  for (;;) {
    if (!ahead_) {
      auto chunk = log_.read(fold_->next());
      if (!chunk) return chunk.error();
      ahead_ = std::move(*chunk);
    }
    if (!ahead_ || fold_->counted_at(*ahead_) > end) break;
    fold_->apply(*ahead_, sink);
    ahead_.reset();
  }
  fold_->seal(version, sink);
  const model::Version passed = passed_by(version, *channel_.epoch.get());
  if (channel_.feed.position().version < passed) {
    channel_.feed.publish(passed, tick_.instant_of(passed), {});
  }
  return {};
}

// While nothing changes for the audience, its version moves to where its epoch begins and at full
// seconds only: what moves it may not tell that others are reporting, and no later start may stand
// at a lower one.
model::Version LiveFold::passed_by(model::Version sealed, const Epoch& epoch) const {
  const auto second = std::chrono::floor<std::chrono::seconds>(tick_.instant_of(sealed));
  return std::max(tick_.at_or_before(second), std::min(epoch.begins, sealed));
}

void LiveFold::give_out(model::Version version, Instant as_of,
                        std::vector<model::TileDelta> deltas) {
  metrics_.ticks.Increment();
  const bool alerts_changed = std::any_of(deltas.begin(), deltas.end(), [](const auto& delta) {
    return !delta.changed.alerts.empty();
  });
  // Before anybody is shown them: what is shown can be answered.
  // A start may have come before the epoch's first tick, in which what was paged finds its alert.
  const bool begins = !told_begun_ && fold_->picture().layer().episodes().has_begun();
  const auto alerts = telling_ && (alerts_changed || begins) ? share_alerts() : nullptr;
  channel_.feed.publish(version, as_of, std::move(deltas));
  if (!alerts) return;
  if (begins) {
    tell_begun(alerts);
  } else if (listener_.changed) {
    listener_.changed(channel_.audience, alerts);
  }
}

LiveFold::Alerts LiveFold::share_alerts() {
  using List = std::vector<model::Alert>;
  if (!fold_->picture().is_live()) return std::make_shared<const List>();
  const alert::Episodes& episodes = fold_->picture().layer().episodes();
  channel_.alerts.set(std::make_shared<const List>(episodes.lived(Instant{}, Instant::max())));
  return std::make_shared<const List>(episodes.live());
}

void LiveFold::request(NextEpoch next) {
  if (next.epoch.id == channel_.epoch.get()->id) return channel_.epoch.set(std::move(next.epoch));
  const std::lock_guard lock(mutex_);
  next_epoch_.emplace(std::move(next));
}

bool LiveFold::is_asked() const {
  const std::lock_guard lock(mutex_);
  return next_epoch_.has_value();
}

Result<bool> LiveFold::change_epoch(model::Version sealed) {
  std::optional<NextEpoch> next;
  {
    const std::lock_guard lock(mutex_);
    if (!next_epoch_ || sealed < next_epoch_->epoch.begins) return false;
    next.swap(next_epoch_);
  }
  // The old epoch's last ticks are its own.
  const model::Version last(next->epoch.begins.value() - 1);
  if (auto folded = fold_up_to(last); !folded) return folded.error();
  const model::Version passed = passed_by(sealed, next->epoch);
  if (auto done = fold_anew(*std::move(next), passed); !done) return done.error();
  return true;
}

Result<void> LiveFold::fold_anew(NextEpoch next, model::Version sealed) {
  const Epoch& epoch = next.epoch;
  Fold fold =
      next.fold ? *std::move(next.fold) : Fold(Picture(epoch.settings), tick_, model::Offset(0));
  if (auto loaded = preload(fold, log_, epoch, tick_); !loaded) return loaded;
  const TickSink nobody = [](model::Version, Instant, const std::vector<model::TileDelta>&) {};
  ahead_.reset();
  for (;;) {
    auto chunk = log_.read(fold.next());
    if (!chunk) return chunk.error();
    if (!*chunk) break;
    if (fold.counted_at(**chunk) > tick_.instant_of(sealed)) {
      ahead_ = std::move(*chunk);
      break;
    }
    fold.apply(**chunk, nobody);
  }
  fold.seal(sealed, nobody);
  fold_.emplace(std::move(fold));
  calibrating_.reset();
  checkpointed_ = model::Version();
  channel_.epoch.set(epoch);
  const auto alerts = share_alerts();
  channel_.feed.reset({epoch.id, sealed}, tick_.instant_of(sealed), fold_->picture().tiles());
  tell_begun(alerts);
  telemetry::log_info("pipeline", "a new engine epoch of " + channel_.audience +
                                      " is shown: " + std::to_string(fold_->next().value()) +
                                      " events folded anew");
  return {};
}

std::optional<Instant> LiveFold::next_change() const {
  auto next = fold_->picture().next_change();
  if (ahead_) {
    const Instant counted = fold_->counted_at(*ahead_);
    next = next ? std::min(*next, counted) : counted;
  }
  return next;
}

std::optional<hotspot::Due> LiveFold::find_due() const {
  const auto& due = fold_->picture().layer().engine().due();
  const auto found =
      std::ranges::find_if(due, [&](const auto& one) { return calibrating_ != one; });
  return found == due.end() ? std::nullopt : std::optional(*found);
}

Result<void> LiveFold::write_checkpoint(storage::EventLog& log, bool at_once) {
  const Picture& picture = fold_->picture();
  if (checkpointed_ == picture.version()) return {};
  if (!at_once && clock_.boot() - checkpointed_at_ < kCheckpointInterval) return {};
  const storage::Checkpoint checkpoint{channel_.epoch.get()->id, picture.version(), fold_->next(),
                                       picture.checkpoint()};
  checkpointed_at_ = clock_.boot();
  checkpointed_ = picture.version();
  return log.write_checkpoint(channel_.audience, checkpoint, channel_.epoch.get()->clean_below,
                              kCheckpointsKept);
}

}  // namespace commonwatch::pipeline
