// Recorded time of a log, in either clock mode. The log thread's, but for `now`.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "hub/base/clock.h"
#include "hub/storage/recorded_clock.h"

namespace commonwatch::storage {

class RecordedTime {
 public:
  // `clock` outlives it. `ceiling` and `last` as found on disk.
  RecordedTime(const LogOptions& options, const Clock& clock, Instant ceiling, Instant last)
      : clock_(clock),
        mode_(options.clock_mode),
        events_(options.step_max, options.tick, std::max(last, ceiling)),
        wall_(clock.wall(), clock.boot(), ceiling, last),
        shown_(to_micros(last)) {}

  ClockMode mode() const { return mode_; }
  EventsRecordedClock& events() { return events_; }
  WallRecordedClock& wall() { return wall_; }

  // The stamp for a chunk that is complete.
  Instant stamp() {
    if (mode_ == ClockMode::kWall) return show(wall_.stamp(clock_.boot()));
    const Instant at = events_.next();
    events_.stamp(at);
    return show(at);
  }
  // `stamped`: from here on `now` is not before it.
  Instant show(Instant stamped) {
    shown_.store(std::max(shown_.load(), to_micros(stamped)));
    return stamped;
  }
  std::optional<Instant> ceiling_due(bool must) const {
    if (mode_ == ClockMode::kEvents) return std::nullopt;
    return wall_.ceiling_due(clock_.boot(), must);
  }

  // Any thread. Never goes back.
  Instant now() const {
    const Instant shown = instant_from_micros(shown_.load());
    return mode_ == ClockMode::kEvents ? shown : std::max(shown, wall_.flowing(clock_.boot()));
  }

 private:
  const Clock& clock_;
  const ClockMode mode_;
  EventsRecordedClock events_;
  WallRecordedClock wall_;
  std::atomic<std::int64_t> shown_;
};

}  // namespace commonwatch::storage
