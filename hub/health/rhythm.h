// How many events are usual, by hour of the week. Pure.
//
// Hours are of UTC: the room knows no time zone. Daylight saving moves a source's day by an hour
// twice a year; rates are smoothed over neighbouring hours for that, and learnt anew in weeks.
#pragma once

#include <array>

#include "hub/health/calendar.h"

namespace commonwatch::health {

// By hour of the week. Hour 0 is that of 1970-01-01T00:00Z, a Thursday.
using WeekHours = std::array<double, kHoursPerWeek>;

// Events seen, and how often each hour was watched.
struct WeekCounts {
  WeekHours events{};
  WeekHours watched{};
};

class Rhythm {
 public:
  Rhythm() = default;  // nothing is ever expected
  // A gamma prior worth one week, whose mean is overall rate × day's factor × hour's factor; both
  // factors are themselves drawn towards 1 by a prior worth one event. Events and exposure are
  // smoothed before with weights 1 2 1. The week's total is left as seen.
  explicit Rhythm(const WeekCounts& counts);

  double per_week() const { return before_[kHoursPerWeek]; }
  // Events usual in [from, to), from <= to.
  double expected(Minute from, Minute to) const;
  // The first minute by which this many events are usual after `from`; kNever if none ever is.
  Minute reach(Minute from, double events) const;

 private:
  std::array<double, kHoursPerWeek + 1> before_{};  // events of the week before an hour of it
};

}  // namespace commonwatch::health
