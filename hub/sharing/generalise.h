// Alerts and source health for audiences with a smallest publishable count. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hub/model/alert.h"
#include "hub/model/publication.h"
#include "hub/model/source_health.h"

namespace commonwatch::sharing {

// What is said of the figures that were decided at this moment (Narrowing::Changes::decided): for
// each that is shown, whether an alert stands in it, the strongest. It takes the place of whatever
// was said of these figures before. An alert stands in the zone that holds its centre and in the
// period that holds the end of its window. Where no figure is shown the alert is withheld, and
// looks as if there were none. Between two decisions nothing is said and nothing taken back, so
// that an alert never tells more than its figure. In order of id.
std::vector<model::PublishedAlert> generalise(const std::vector<model::Alert>& alerts,
                                              const std::vector<model::PublishedCount>& decided,
                                              std::uint32_t k);

// Each source that usually sends at least k events a period, in a band; the others pooled by
// partner, and what is still below k pooled over all. A pool is silent when all of it is, late when
// any of it is late or silent. In order of name. Given out when figures are, not in between.
std::vector<model::BandedHealth> banded_health(const std::vector<model::SourceHealth>& sources,
                                               std::uint32_t k, std::int32_t period_days);

model::IntervalBand interval_band(double interval_days);
model::ExpectationBand expectation_band(double expected, std::uint32_t k);

}  // namespace commonwatch::sharing
