// Recorded time that follows data waits: what would move it to the barrier or beyond is held back,
// in order, until the barrier moves. The log thread's, but for what says otherwise.
#pragma once

#include <atomic>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "hub/storage/operations.h"
#include "hub/storage/recorded_clock.h"
#include "hub/storage/source_table.h"

namespace commonwatch::storage {

class Barrier {
 public:
  // Moves it, and gives what was held back, in order: it is to be ordered anew.
  std::deque<Operation> move_to(Instant barrier);
  // Holds the operation back if it has to wait: a submission that crosses the barrier (its first
  // events, which do not, are left in `operation`), or what a source asks behind one that waits.
  // True if nothing of it is left.
  bool holds(Operation& operation, const EventsRecordedClock& clock, SourceTable& sources);
  // What is still held back, when the log ends.
  std::deque<Operation> take_held();

  // Where the first that waits would move recorded time. Any thread.
  std::optional<Instant> wanted() const {
    const std::int64_t wanted = wanted_.load();
    return wanted == kNothing ? std::nullopt : std::optional(instant_from_micros(wanted));
  }

 private:
  bool has_held(const model::SourceName& source) const;
  // How many of its events leave recorded time before the barrier, and where the next would move
  // it.
  struct Fitting {
    std::size_t events = 0;
    Instant beyond{};
  };
  Fitting fitting(const Submission& submission, const Source& source,
                  EventsRecordedClock clock) const;
  void hold(Operation&& operation, Instant wanted);

  std::optional<Instant> barrier_;
  std::deque<Operation> held_;
  static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::min();
  std::atomic<std::int64_t> wanted_{kNothing};
};

// Leaves the first `count` events in `submission`, and gives the rest: both are answered as one,
// when the rest is.
Submission split(Submission& submission, std::size_t count);

}  // namespace commonwatch::storage
