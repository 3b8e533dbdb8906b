// Outbreaks that are put into a county: so many extra persons, uniform in a disc and in a span of
// time, at the place of a real incident.
#pragma once

#include <string>
#include <vector>

#include "bench/detection/county.h"

namespace commonwatch::detection {

struct Scenario {
  int persons = 0;
  double radius_km = 0;
  int hours = 0;

  std::string name() const;  // `6 in 1 km, 24 h`
};

const std::vector<Scenario>& scenarios();

struct Outbreak {
  struct Extra {
    Instant occurred{};
    Instant recorded{};  // when it is first known
    model::Cell cell;    // of model::kLeafLevel
  };
  std::vector<Extra> extras;  // in order of time
  std::vector<Report> reports;

  Instant first() const { return extras.front().occurred; }
  Instant last() const { return extras.back().occurred; }
};

// Begins on that day.
Outbreak make_outbreak(const Scenario& scenario, const County& county, hotspot::Day day,
                       std::uint64_t seed, std::uint64_t number);

}  // namespace commonwatch::detection
