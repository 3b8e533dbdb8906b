#include "bench/detection/outbreak.h"

#include <algorithm>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <cstdio>

namespace commonwatch::detection {

std::string Scenario::name() const {
  char text[64];
  std::snprintf(text, sizeof(text), "%d in %g km, %d h", persons, radius_km, hours);
  return text;
}

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = {
      {3, 1, 24}, {4, 1, 24}, {5, 1, 24}, {6, 1, 24},  {8, 1, 24},   {10, 1, 24},
      {6, 3, 24}, {8, 3, 24}, {6, 1, 72}, {8, 15, 24}, {10, 15, 24}, {15, 15, 24}};
  return all;
}

Outbreak make_outbreak(const Scenario& scenario, const County& county, hotspot::Day day,
                       std::uint64_t seed, std::uint64_t number) {
  constexpr double kMicrosOfHour = 3.6e9;
  Random random(mix(seed, number));
  Agencies agencies(mix(seed, ~number));
  boost::random::uniform_int_distribution<std::size_t> any(0, county.places.size() - 1);
  const model::LatLng center = county.places[any(random)];
  const double start = uniform(random) * hotspot::kHoursOfDay;
  Outbreak outbreak;
  for (int i = 0; i < scenario.persons; ++i) {
    const double hours = start + uniform(random) * scenario.hours;
    const double off = 1000 * scenario.radius_km * std::sqrt(uniform(random));
    const double angle = 2 * M_PI * uniform(random);
    const Instant occurred = hotspot::start_of(day * hotspot::kHoursOfDay) +
                             Duration(std::llround(hours * kMicrosOfHour));
    const model::LatLng where = moved(center, off * std::cos(angle), off * std::sin(angle));
    const std::size_t before = outbreak.reports.size();
    agencies.report(occurred, where, random, outbreak.reports);
    const Report& report = outbreak.reports[before];
    outbreak.extras.push_back({occurred, report.recorded, report.record.cell});
  }
  std::sort(outbreak.extras.begin(), outbreak.extras.end(),
            [](const auto& a, const auto& b) { return a.occurred < b.occurred; });
  return outbreak;
}

}  // namespace commonwatch::detection
