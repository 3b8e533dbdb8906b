// What is usual for a flow: learnt from whole days of UTC, before today and before the day of its
// last event, so that a silence does not teach that silence is usual. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "hub/health/delay_counts.h"
#include "hub/health/flow.h"
#include "hub/health/rhythm.h"
#include "hub/health/settings.h"

namespace commonwatch::health {

struct Usual {
  std::int32_t end_day = 0;  // the first day that it was not learnt from
  bool starting = true;      // too few days, or too few events in them
  Rhythm rhythm;
  // A silence is one when so many events would have been usual since the last.
  double silence_events = 0;
  // A day with more events is an import, and teaches nothing.
  double bulk_events = 0;
  DelayCounts delays;  // of the days before end_day
  // What is usually on time: the older half of the trailing period if it has enough events,
  // otherwise all but the last two days; empty if they have too few.
  DelayCounts older_delays;
};

// The first day that is not learnt from when it is `today`.
std::int32_t learning_end(const FlowContent& flow, std::int32_t today);

Usual learn(const FlowContent& flow, std::int32_t end_day, const Settings& settings);

// Events of an average day before `today`, of the trailing period and since the flow began; over a
// week at least.
double events_per_day(const FlowContent& flow, std::int32_t today, const Settings& settings);

}  // namespace commonwatch::health
