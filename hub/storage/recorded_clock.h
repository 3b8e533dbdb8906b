// Recorded time: the stamps of chunks, strictly rising. Pure: it is told what time it is.
// Not thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "hub/base/time.h"
#include "hub/model/event.h"
#include "hub/model/ids.h"
#include "hub/storage/log_keys.h"

namespace commonwatch::storage {

// Follows the boot clock from where the wall clock stood at the start, but above the ceiling of the
// run before, so that a jump of the wall clock is not followed.
class WallRecordedClock {
 public:
  // How far the ceiling lies ahead when it is raised, and how little is left when a commit that is
  // due anyway raises it.
  static constexpr Duration kCeilingAhead = std::chrono::seconds(10);
  static constexpr Duration kCeilingLow = std::chrono::seconds(5);

  // `ceiling` and `last`: as found on disk; Instant{} in a new log.
  WallRecordedClock(Instant wall, Duration boot, Instant ceiling, Instant last);

  // What the boot clock alone says; from any thread.
  Instant flowing(Duration boot) const { return start_ + (boot - boot_at_start_); }
  Instant now(Duration boot) const;
  Instant stamp(Duration boot);
  // From here on every stamp is above `tick`.
  void seal(Instant tick);
  // What the ceiling has to become for a commit (or, `must`, for what was stamped and sealed so
  // far), if anything. The caller makes it durable, then calls `raise`.
  std::optional<Instant> ceiling_due(Duration boot, bool must) const;
  void raise(Instant ceiling) { ceiling_ = ceiling; }

  Instant last() const { return last_; }
  // The highest instant that was promised or stamped: the lowest ceiling a clean stop may leave.
  Instant floor() const { return std::max(last_, sealed_); }
  // How far recorded time ran ahead of the wall clock at the start.
  Duration ahead() const { return ahead_; }

 private:
  Instant start_;
  Duration boot_at_start_;
  Duration ahead_{0};
  Instant ceiling_;
  Instant last_;
  Instant sealed_;
};

// Follows the occurred times of the data. An event moves time if it is credible: not more than
// `step_max` beyond what its source (a source without events yet: the log) had reached, or borne
// out by the event after it. So one report dated 2099 moves nothing, and a silence longer than
// `step_max` does not stop time for good. Time never lies more than `step_max` beyond the slowest
// open source that has an event.
class EventsRecordedClock {
 public:
  EventsRecordedClock(Duration step_max, model::TickLength tick, Instant last)
      : step_max_(step_max), tick_(tick), time_(last), last_(last) {}

  // An accepted event of an open source.
  void observe(SourceNumber source, model::EventKind kind, Instant occurred);
  // The source was opened anew, or closed: it holds nothing back.
  void forget(SourceNumber source) { progress_.erase(source); }

  // The stamp that a chunk would get now, and the tick that a stamp belongs to.
  Instant next() const { return std::max(time_, last_ + Duration(1)); }
  model::Version tick_of(Instant stamp) const { return tick_.at_or_after(stamp); }
  // `at`: what `next` said before the event that did not fit into the chunk any more.
  void stamp(Instant at) {
    last_ = at;
    time_ = std::max(time_, at);
  }
  // From here on every stamp is above `tick`.
  void seal(Instant tick) { time_ = std::max(time_, tick + Duration(1)); }
  // Behind the tick of the last chunk, so that this tick can be given out.
  Instant stamp_end();
  Instant last() const { return last_; }

 private:
  struct Progress {
    std::optional<Instant> reached;
    std::optional<Instant> doubted;  // not credible alone; the next event decides
  };

  bool has_data() const;
  std::optional<Instant> credible(Progress& progress, Instant occurred) const;

  Duration step_max_;
  model::TickLength tick_;
  Instant time_;
  Instant last_;
  std::map<SourceNumber, Progress> progress_;
};

}  // namespace commonwatch::storage
