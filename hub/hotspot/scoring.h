// What makes a zone a hotspot. Pure; any thread.
//
// A window's count of persons is set against an expectation: the cell's trailing rate, shrunk to
// the mean rate of the level's cells as if that had been watched for `prior_days` (the mean of a
// gamma posterior), times the length of the window. The score is the exact Poisson tail. The
// zone's hotspot is its best window; of equal scores the shorter window.
#pragma once

#include <cstdint>
#include <optional>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/observation.h"
#include "hub/hotspot/zone_counts.h"
#include "hub/model/hotspot.h"

namespace commonwatch::hotspot {

// A window of W hours is the hour of `as_of` and the W - 1 before it.
inline Second window_start(Hour now, int hours) { return start_of(now + 1 - hours); }

// The hotspot of a cell as far as the cell alone says it: id, zone, centre.
model::Hotspot hotspot_of(model::Cell cell);

class Scorer {
 public:
  // `settings` are normalised, and outlive this.
  explicit Scorer(const Settings& settings) : settings_(settings) {}

  // `mean_rate`: persons an hour in the mean of the level's cells.
  std::optional<model::Hotspot> score(model::Cell cell, const ZoneCounts& zone,
                                      const Observation& seen, double mean_rate) const;

 private:
  struct Window {
    int hours = 0;
    std::uint64_t count = 0;
    std::uint64_t fatal = 0;
    double expected = 0;
    double score = -1;
  };
  Window best_window(const ZoneCounts& zone, const Observation& seen, double mean_rate) const;
  double rate(const ZoneCounts& zone, const Observation& seen, double mean_rate) const;

  const Settings& settings_;
};

}  // namespace commonwatch::hotspot
