// `detection power`: outbreaks put into a county in which nothing happens but chance, and which
// methods find them, each at one false alarm day a year.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/detection/county.h"
#include "bench/detection/methods.h"
#include "bench/detection/outbreak.h"

namespace commonwatch::detection {

struct PowerOptions {
  int repetitions = 1000;
  std::uint64_t seed = 1;
  // Simulated years behind the thresholds; none of them is one of the repetitions.
  int null_years = 100;
  int threads = 1;
  // Thresholds from one look a day, at midnight, as systems are calibrated and compared that run
  // once a night, instead of from every report and hour, as the hub's are. Alarms are looked for at
  // every report all the same: the false alarm days are those of looking at midnight alone.
  bool daily = false;
  // Of the extra persons known at an alarm, the share that its zone and window must hold; always
  // one at least. For methods of the whole county any alarm counts.
  double share_min = 0;
};

// Of one method and one kind of outbreak.
struct Found {
  int found = 0;
  double median_hours = 0;  // from the first extra person to the first alarm, where there is one
};

struct PowerResult {
  PowerOptions options;
  std::size_t incidents = 0;  // of the real data, after linkage
  double incidents_per_day = 0;
  double dispersion = 0;
  Thresholds thresholds{};
  // Days a year on which each exceeds its threshold in the null years, a value a year.
  std::array<std::vector<double>, kMethods> false_alarm_days;
  std::vector<std::array<Found, kMethods>> found;  // as scenarios()
};

// The same options and county give the same result, whatever the threads.
PowerResult measure_power(const County& county, const PowerOptions& options);

// Of each convention of thresholds, one after the other.
std::string print_json(const std::vector<PowerResult>& results);
std::string print_table(const std::vector<PowerResult>& results);

}  // namespace commonwatch::detection
