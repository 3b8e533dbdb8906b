// What is to be expected of a jurisdiction: how long it was observed, its rhythm, its spread, how
// complete its recent hours are. A pure function of sums of integers, of the day, and of who is
// silent.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "hub/hotspot/hours.h"
#include "hub/hotspot/reporters.h"
#include "hub/hotspot/settings.h"
#include "hub/model/time_zone.h"

namespace commonwatch::hotspot {

// Delays between occurrence and first report: bin 0 up to a minute, then two bins an octave.
inline constexpr std::size_t kDelayBins = 36;
std::uint8_t delay_bin(Duration delay);
// Bins up to a week. What came later says nothing of how complete a window is, and most of it is
// history that was imported.
inline constexpr std::size_t kDelayBinsLearnt = 27;
// Seconds at which the bin ends.
double delay_bin_end(std::size_t bin);

// Hours back for which completeness is known: the longest window.
inline constexpr std::size_t kAgesMax = 168;

// Sums over the current set of incidents.
struct Totals {
  // Persons of each UTC day, by reporter set; shorter rows end with zeros.
  std::map<Day, std::vector<std::uint32_t>> days;
  // Persons of the trailing period, by local hour of the week.
  std::array<std::uint32_t, model::kHoursOfWeek> hours_of_week{};
  // Incidents of the trailing period that were reported within a week, by delay.
  std::array<std::uint32_t, kDelayBins> delays{};
  friend bool operator==(const Totals&, const Totals&) = default;
};

// The trailing period as days: [from, to).
struct TrailingDays {
  Day from = 0;
  Day to = 0;
  bool holds(Day day) const { return day >= from && day < to; }
};
TrailingDays trailing_days(const Settings& settings, Day today);

// How an incident counts, by who reported it. A partner that joined lately would look like a spike
// against a year in which it was absent, and one that left would hide one.
struct Weight {
  // In the trailing period, in sixteenths: exposure of all over exposure of the longest known of
  // its partners. 0: all of them have left.
  std::uint16_t baseline = 16;
  // Whether it counts in windows: its partner was observed for exposure_days_min.
  bool counted = true;
  friend bool operator==(const Weight&, const Weight&) = default;
};

struct Baseline {
  Day today = 0;
  int exposure_days = 0;    // observed days of the trailing period
  double rate_per_day = 0;  // persons of the jurisdiction, weighted
  // By local hour of the week, mean 1: what was seen in the trailing period, smoothed over two
  // hours either way, shrunk to 1.
  std::array<double, model::kHoursOfWeek> profile{};
  // Variance = B + dispersion B² for the persons of a day (moments of the days around their
  // four-week mean).
  double dispersion = 0;
  // The last eight weeks of the trailing period against all of it, shrunk to 1.
  double trend = 1;
  // Share of incidents whose first report has come after so many whole hours and a half.
  std::array<double, kAgesMax> arrival{};
  std::vector<Weight> weights;         // by reporter set
  std::vector<std::uint64_t> persons;  // of the trailing period, by reporter set
  friend bool operator==(const Baseline&, const Baseline&) = default;
};

Baseline make_baseline(const Totals& totals, const ReporterSets& reporters,
                       const Settings& settings, const model::TimeZone& zone, Day today);

// A partner that is silent, and since when nothing of it is believed complete.
struct Silence {
  model::NameIndex partner = 0;
  Hour since = 0;
  friend auto operator<=>(const Silence&, const Silence&) = default;
};

// The share that is believed known, of what occurred in the hour of this age: by delay, or, where
// partners are silent, what the others see. At least 0.5.
double completeness(const Baseline& baseline, const ReporterSets& reporters,
                    const std::vector<Silence>& silences, Hour now, std::size_t age);

}  // namespace commonwatch::hotspot
