// The methods that are compared, over one stream of linked incidents.
//
//   scan         the hub's scan: its score over all zones and windows, at every report and hour
//   permutation  permutation_scan.h, over the same zones and windows, as often
//   c2_cell      EARS C2 of the day's count so far, in each cell of level 11, deviation 0.5 or more
//   c2_county    the same of the whole county
//   county_rule  persons of the last 24 hours: (count - mean) / deviation of the year's daily counts
//
// A method's value of a day is its highest at any time of that day.
#pragma once

#include <array>
#include <cstddef>
#include <functional>

#include "bench/detection/linked_scan.h"
#include "bench/detection/permutation_scan.h"

namespace commonwatch::detection {

enum Method : std::size_t { kScan, kPermutation, kC2Cell, kC2County, kCountyRule, kMethods };
inline constexpr std::array<const char*, kMethods> kMethodKeys = {
    "scan", "permutation", "c2_cell", "c2_county", "county_rule"};

// Whether a method's value is of the calendar day so far, and stands at its highest when that ends.
constexpr bool is_of_day(std::size_t method) { return method == kC2Cell || method == kC2County; }

// What a method's value must exceed (of `scan`: reach) to be an alarm.
using Thresholds = std::array<double, kMethods>;
using Values = std::array<double, kMethods>;

// Mean and sample deviation of the daily counts of the year before.
struct UsualDay {
  double mean = 0;
  double deviation = 0;
};
UsualDay usual_day(const DailyCounts& days, hotspot::Day today);

class Methods {
 public:
  // Both outlive it.
  Methods(const hotspot::Settings& settings, LinkedScan& linked);

  void set_usual_day(UsualDay usual) { usual_ = usual; }
  // Moves on, and takes in what was reported.
  void roll_to(hotspot::Hour hour) { linked_.roll_to(hour); }
  void apply(const Report& report);

  // As it stands; of the daily methods, what changed by the last report. Values below about a
  // week's recurrence may be given as 0.
  Values values();

  // Asked of a zone and a window: whether an alarm there would be about what is looked for.
  using Covers = std::function<bool(hotspot::ZoneIndex zone, hotspot::Hour from)>;
  // The same of a cell on a day.
  using CoversCell = std::function<bool(model::Cell cell, hotspot::Day day)>;
  // Which methods are in alarm.
  std::array<bool, kMethods> alarms(const Thresholds& thresholds, const Covers& covers,
                                    const CoversCell& covers_cell);

 private:
  double c2_of(model::Cell cell) const;
  double county_rule() const;
  bool any_covered(const std::vector<hotspot::Exceedance>& exceedances, const Covers& covers) const;

  const hotspot::Settings& settings_;
  LinkedScan& linked_;
  PermutationScan permutation_;
  UsualDay usual_;
  std::vector<model::Cell> changed_;
};

}  // namespace commonwatch::detection
