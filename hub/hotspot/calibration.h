// How rarely a score is reached by chance: recurrence intervals, from simulated days of the same
// jurisdiction in which nothing happens but chance. Pure; slow: seconds to minutes.
//
// The statistic is the maximum over all evaluations of a local day, all zones and all windows
// (Kulldorff 2001, J R Stat Soc A 164:61, recurrence intervals after Kleinman 2004). Null days:
// a gamma-Poisson number of incidents, hours by the profile, places and persons resampled from the
// trailing period, each reported after a resampled delay. They run through the same Scan, with its
// own baseline estimated from simulated days of the same exposure, so that what estimation adds is
// in the interval.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hub/hotspot/scan.h"

namespace commonwatch::hotspot {

// An event of the log.
struct Calibration {
  std::string jurisdiction;
  std::uint64_t due = 0;  // the tick at which it became due
  std::uint64_t seed = 0;
  int exposure_days = 0;
  int null_days = 0;
  double rate_per_day = 0;
  // Rising: a day's maximum reaches scores[i] once in interval_days[i] days.
  std::vector<double> scores;
  std::vector<double> interval_days;
  friend bool operator==(const Calibration&, const Calibration&) = default;
};

// Once in how many days; 0 below the table, model::kIntervalDaysMax at or above its end. Linear in
// the logarithm of the interval.
double interval_of(const Calibration& calibration, double score);
// The score that is reached once in so many days.
double score_of(const Calibration& calibration, double interval_days);

// What the null is made of.
struct NullModel {
  Settings settings;
  std::string jurisdiction;
  std::uint64_t due = 0;
  std::uint64_t seed = 0;
  int exposure_days = 0;
  double incidents_per_day = 0;
  double rate_per_day = 0;
  double dispersion = 0;
  std::array<double, model::kHoursOfWeek> profile{};
  std::array<std::uint32_t, kDelayBins> delays{};
  ZoneTable zones;  // nothing counted
  struct Place {
    SiteIndex site = 0;
    std::uint32_t persons = 1;
  };
  std::vector<Place> places;  // one for each incident that is resampled

  // Simulated days that one replicate scores, and how many replicates there are.
  int scored_days() const;
  int replicates() const;
};

// The daily maxima of one replicate; a day without any exceedance has 0. The same model and number
// give the same values, on any machine.
std::vector<double> simulate_null(const NullModel& model, int replicate);

// `maxima`: those of all replicates, in any order.
Calibration calibrate(const NullModel& model, std::vector<double> maxima);

}  // namespace commonwatch::hotspot
