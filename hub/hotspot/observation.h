// How long the jurisdiction was observed, and how much was seen in that time: what every zone's
// expectation is shrunk to. Pure.
#pragma once

#include <cstddef>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/hours.h"
#include "hub/hotspot/zone_counts.h"

namespace commonwatch::hotspot {

struct Observation {
  Hour now = 0;
  // The trailing period as far as it was observed; empty while there is none.
  Hour trailing_from = 0;
  Hour trailing_to = 0;
  // What the rate is taken over: persons of the whole jurisdiction, and hours.
  double persons = 0;
  Hour hours = 0;

  Hour exposure_hours() const { return trailing_to - trailing_from; }
  // Persons an hour in the mean of so many cells. As if, besides, three cells had been watched for
  // a week and one person seen: without that, the first burst of a fresh log would be its own mean.
  double mean_rate(std::size_t cells) const;
  friend bool operator==(const Observation&, const Observation&) = default;
};

// Observed is the time from `now` back to the first hour that holds anything, but not across a gap
// of more than 28 days: one misdated report must not pass for a year of data, and before a long
// silence other sources may have been at work.
//
// The rate is that of the observed part of the trailing period, [now - guard - trailing, now -
// guard). Below 28 days of it (a cold start) there is no past to compare with: then the rate is
// over everything observed, the windows themselves included. So a place is compared with the
// other places, a burst still shows, and the first busy day does not turn every cell into a
// hotspot.
Observation observe(const HourTotals& totals, const Settings& settings, Hour now);

}  // namespace commonwatch::hotspot
