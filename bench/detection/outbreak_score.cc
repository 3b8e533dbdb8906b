#include "bench/detection/outbreak_score.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace commonwatch::detection {
namespace {

using Outbreak = std::vector<std::uint32_t>;

struct Tally {
  std::size_t quiet_days = 0;
  std::size_t false_alarms = 0;
  std::size_t outbreaks = 0;
  std::size_t found = 0;
  double lateness = 0;
};

void tally_days(const Statistic& statistic, const Outbreak& outbreak, double threshold,
                Tally& tally) {
  for (std::size_t day = 0; day < outbreak.size(); ++day) {
    if (outbreak[day] > 0) continue;
    ++tally.quiet_days;
    if (statistic[day] > threshold) ++tally.false_alarms;
  }
}

void tally_outbreak(const Statistic& statistic, const Outbreak& outbreak, double threshold,
                    Tally& tally) {
  std::size_t first = outbreak.size();
  std::size_t last = 0;
  std::size_t alarm = outbreak.size();
  for (std::size_t day = 0; day < outbreak.size(); ++day) {
    if (outbreak[day] == 0) continue;
    first = std::min(first, day);
    last = day;
    if (statistic[day] > threshold) alarm = std::min(alarm, day);
  }
  if (first == outbreak.size()) return;
  ++tally.outbreaks;
  if (alarm == outbreak.size()) {
    tally.lateness += 1;
    return;
  }
  ++tally.found;
  tally.lateness += static_cast<double>(alarm - first) / static_cast<double>(last - first + 1);
}

double ratio(double part, std::size_t all) {
  return all > 0 ? part / static_cast<double>(all) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Score score(std::span<const Statistic> statistics, std::span<const Outbreak> outbreaks,
            double threshold) {
  Tally tally;
  for (std::size_t series = 0; series < outbreaks.size(); ++series) {
    tally_days(statistics[series], outbreaks[series], threshold, tally);
    tally_outbreak(statistics[series], outbreaks[series], threshold, tally);
  }
  return {ratio(static_cast<double>(tally.false_alarms), tally.quiet_days),
          ratio(static_cast<double>(tally.found), tally.outbreaks),
          ratio(tally.lateness, tally.outbreaks)};
}

double threshold_at(std::span<const Statistic> statistics, std::span<const Outbreak> outbreaks,
                    double fpr) {
  std::vector<double> quiet;
  for (std::size_t series = 0; series < outbreaks.size(); ++series) {
    for (std::size_t day = 0; day < outbreaks[series].size(); ++day) {
      if (outbreaks[series][day] == 0) quiet.push_back(statistics[series][day]);
    }
  }
  if (quiet.empty()) return std::numeric_limits<double>::infinity();
  // What lies above the value at this place of the falling order is at most that many. The margin
  // undoes the rounding of a rate that was itself a number of days over all of them.
  const double allowed = fpr * static_cast<double>(quiet.size()) + 1e-6;
  const auto place = std::min(static_cast<std::size_t>(allowed), quiet.size() - 1);
  const auto nth = quiet.begin() + static_cast<std::ptrdiff_t>(place);
  std::ranges::nth_element(quiet, nth, std::greater());
  return *nth;
}

}  // namespace commonwatch::detection
