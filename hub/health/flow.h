// What came in from one source or group, by day and hour of recorded time. Pure.
//
// Events are held back until their minute is over: what can be seen of a flow changes at whole
// minutes only. Memory is bounded: one Day for each day on which it sent, of the trailing period.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hub/health/calendar.h"
#include "hub/health/delay_counts.h"

namespace commonwatch::health {

// The longest span without events that ended in an hour, in minutes; 0: none did.
struct Gap {
  std::uint16_t minutes = 0;    // stays at 65,535, 45 days
  std::uint8_t end_minute = 0;  // of the hour
};

struct Day {
  std::int32_t day = 0;
  std::array<std::uint32_t, kHoursPerDay> counts{};
  std::array<Gap, kHoursPerDay> gaps{};
  DelayCounts delays;
  std::uint64_t total() const;
};

// Events of the minute that is not over.
struct OpenMinute {
  Minute minute = 0;
  std::uint32_t count = 0;  // 0: there is none
  Instant last_received{};
  Instant last_occurred{};
  DelayCounts delays;
  // All events lie in these bins.
  std::size_t first_bin = DelayCounts::kBins - 1;
  std::size_t last_bin = 0;
};

// What is settled of a flow.
struct FlowContent {
  bool empty = true;
  Instant first_received{};
  Instant last_received{};
  Instant last_occurred{};  // the latest; never later than the event was recorded
  std::vector<Day> days;    // rising; only days with events
};

class Flow {
 public:
  // Days that are kept before the last event's, and days without events after which the flow
  // begins anew.
  Flow(int trailing_days, int retired_days)
      : trailing_days_(trailing_days), retired_days_(retired_days) {}

  // In order of recorded time. Constant time.
  void receive(Instant recorded, Instant occurred);
  // Folds in the open minute if it is before this one. Whether there was anything to fold.
  bool settle(Minute before);

  // How often anything was folded in.
  std::uint64_t folds() const { return folds_; }
  // Whether the flow began, or began anew, since this was last asked.
  bool take_began();

  const FlowContent& content() const { return content_; }
  const OpenMinute& open() const { return open_; }
  // From a checkpoint.
  void set(FlowContent content, OpenMinute open);

 private:
  void fold_open();

  int trailing_days_;
  int retired_days_;
  FlowContent content_;
  OpenMinute open_;
  std::uint64_t folds_ = 0;
  bool began_ = false;
};

// Flows taken together, as if they were one, with the days that one flow would keep. Gaps are known
// to the hour.
FlowContent merge(const std::vector<const FlowContent*>& flows, int trailing_days);

}  // namespace commonwatch::health
