// A county in which nothing happens but chance, made from real overdoses: as many a day, as uneven,
// with the same hours of the week, at the same places.
//
// A day has a gamma-Poisson number of incidents; each has an hour by the profile and the place of a
// real incident, drawn with replacement. Two agencies: the first reports every incident, minutes
// after it; the second a third of them once more, somewhat later and somewhat beside. Simulated time
// is local time without daylight saving; day 4 is a Monday.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "bench/detection/calls.h"
#include "bench/detection/draws.h"
#include "bench/detection/report.h"
#include "hub/hotspot/hours.h"
#include "hub/model/time_zone.h"

namespace commonwatch::detection {

inline constexpr hotspot::Day kFirstDay = 4;

struct County {
  double incidents_per_day = 0;
  double dispersion = 0;  // variance of a day's number = B + dispersion B²
  std::array<double, model::kHoursOfWeek> profile{};
  std::vector<model::LatLng> places;  // of the incidents, one each
};

// After linkage, so that a call that was dispatched twice is one incident. Rate, dispersion and
// profile are those of the last year, as the hub estimates them.
County learn_county(const std::vector<Overdose>& overdoses);

// What the agencies report of incidents, and how their records are named.
class Agencies {
 public:
  explicit Agencies(std::uint64_t seed) : seed_(seed) {}
  // Adds the reports on an incident of one person.
  void report(Instant occurred, model::LatLng where, Random& random,
              std::vector<Report>& reports);

 private:
  std::uint64_t seed_;
  std::uint64_t number_ = 0;
};

// Adds the reports of incidents of one day, in no order.
void simulate_day(const County& county, hotspot::Day day, Random& random, Agencies& agencies,
                  std::vector<Report>& reports);

}  // namespace commonwatch::detection
