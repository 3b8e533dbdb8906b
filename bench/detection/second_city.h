// A second kind of chance, which the calibration does not know: a city in which nothing happens but
// drift, made without the hub's null in mind.
//
// Towns with corners of their own weight and a diffuse rest, instead of resampled places; lognormal
// days on a linear trend and a yearly wave, instead of gamma-Poisson ones at a constant rate; and
// agencies as they are: a dispatch centre that at times sends a call twice, police who join at some
// moment of the simulated time and repeat a part of the calls somewhat later and beside, and a
// hospital whose reports come hours to days late, of some persons as the only one. Every city has
// its own towns, rhythm, rates, trend and moment of joining, drawn from its seed. UTC throughout.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/detection/draws.h"
#include "hub/base/time.h"
#include "hub/hotspot/hours.h"
#include "hub/model/cell.h"

namespace commonwatch::detection {

// What an agency sends, of one person.
struct CityReport {
  Instant recorded{};  // when it comes to the hub
  std::string source;  // `partner/source`
  std::string record_id;
  Instant occurred{};
  model::LatLng where;
};

// Everything that is reported of incidents in [begin, begin + days), in order of arrival.
std::vector<CityReport> simulate_second_city(hotspot::Day begin, hotspot::Day days,
                                             Random& random);

}  // namespace commonwatch::detection
