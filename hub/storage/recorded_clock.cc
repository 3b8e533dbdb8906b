#include "hub/storage/recorded_clock.h"

#include <algorithm>

namespace commonwatch::storage {
namespace {

// Of a log without data, the hub's own events are stamped in the first hours of 1970.
constexpr Instant kDataBegin = instant_from_micros(24LL * 3600 * 1'000'000);
constexpr Duration kSmallestStep(1);

}  // namespace

WallRecordedClock::WallRecordedClock(Instant wall, Duration boot, Instant ceiling, Instant last)
    : boot_at_start_(boot), ceiling_(ceiling), last_(last), sealed_(ceiling) {
  start_ = std::max({wall, ceiling + kSmallestStep, last + kSmallestStep});
  ahead_ = start_ - wall;
}

Instant WallRecordedClock::now(Duration boot) const {
  return std::max({flowing(boot), last_, sealed_});
}

Instant WallRecordedClock::stamp(Duration boot) {
  last_ = std::max({flowing(boot), last_ + kSmallestStep, sealed_ + kSmallestStep});
  return last_;
}

void WallRecordedClock::seal(Instant tick) { sealed_ = std::max(sealed_, tick); }

std::optional<Instant> WallRecordedClock::ceiling_due(Duration boot, bool must) const {
  const Instant needed = must ? floor() : std::max(now(boot) + kCeilingLow, floor());
  if (needed <= ceiling_) return std::nullopt;
  return std::max(now(boot), floor()) + kCeilingAhead;
}

bool EventsRecordedClock::has_data() const { return time_ >= kDataBegin; }

std::optional<Instant> EventsRecordedClock::credible(Progress& progress, Instant occurred) const {
  const bool anchored = progress.reached.has_value() || has_data();
  const Instant from = progress.reached.value_or(time_);
  if (!anchored || occurred <= from + step_max_) {
    progress.doubted.reset();
    return occurred;
  }
  if (!progress.doubted) {
    progress.doubted = occurred;
    return std::nullopt;
  }
  const Instant both = std::min(*progress.doubted, occurred);
  progress.doubted.reset();
  return both;
}

void EventsRecordedClock::observe(SourceNumber source, model::EventKind kind, Instant occurred) {
  if (kind != model::EventKind::kOverdose && kind != model::EventKind::kAreaCount) return;
  Progress& own = progress_[source];
  const auto moved = credible(own, occurred);
  if (!moved) return;
  own.reached = std::max(own.reached.value_or(*moved), *moved);
  Instant slowest = *own.reached;
  for (const auto& [number, progress] : progress_) {
    if (progress.reached) slowest = std::min(slowest, *progress.reached);
  }
  time_ = std::max(time_, std::min(*moved, slowest + step_max_));
}

Instant EventsRecordedClock::stamp_end() {
  const Instant tick = tick_.instant_of(tick_.at_or_after(last_));
  time_ = std::max(time_, tick + kSmallestStep);
  stamp(next());
  return last_;
}

}  // namespace commonwatch::storage
