// The one partition of time: periods of whole local days, without gap or overlap.
#pragma once

#include <cstdint>

#include "hub/base/time.h"
#include "hub/model/time_zone.h"

namespace commonwatch::sharing {

// Numbers periods in order; any number is one. Not thread-safe, as its time zone.
class Periods {
 public:
  Periods(model::TimeZone zone, std::int32_t days) : zone_(std::move(zone)), days_(days) {}

  std::int64_t period_of(Instant occurred) const;
  Instant start(std::int64_t period) const;
  Instant end(std::int64_t period) const { return start(period + 1); }

 private:
  model::TimeZone zone_;
  std::int32_t days_;
};

}  // namespace commonwatch::sharing
