#include "hub/hotspot/observation.h"

#include <algorithm>

namespace commonwatch::hotspot {
namespace {

constexpr Hour kGapMax = 28 * kHoursOfDay;
constexpr Hour kExposureMin = 28 * kHoursOfDay;
constexpr double kPriorPersons = 1;
constexpr double kPriorCellHours = 3 * 7 * 24;

// The first observed hour; `now` + 1 if there is none.
Hour observed_from(const HourTotals& totals, Hour now) {
  Hour from = now + 1;
  for (auto total = totals.totals().rbegin(); total != totals.totals().rend(); ++total) {
    if (total->hour > now) continue;
    if (from - total->hour > kGapMax) break;
    from = total->hour;
  }
  return from;
}

double persons_between(const HourTotals& totals, Hour from, Hour to) {
  std::uint64_t sum = 0;
  for (const HourTotals::Total& total : totals.totals()) {
    if (total.hour >= from && total.hour < to) sum += total.persons;
  }
  return static_cast<double>(sum);
}

}  // namespace

double Observation::mean_rate(std::size_t cells) const {
  return (persons + kPriorPersons) /
         (static_cast<double>(cells) * static_cast<double>(hours) + kPriorCellHours);
}

Observation observe(const HourTotals& totals, const Settings& settings, Hour now) {
  const Hour from = observed_from(totals, now);
  Observation seen;
  seen.now = now;
  seen.trailing_to = now + 1 - settings.guard_days * kHoursOfDay;
  seen.trailing_from = std::min(
      seen.trailing_to, std::max(from, seen.trailing_to - settings.trailing_days * kHoursOfDay));
  const bool cold = seen.exposure_hours() < kExposureMin;
  const Hour rate_from = cold ? from : seen.trailing_from;
  const Hour rate_to = cold ? now + 1 : seen.trailing_to;
  seen.persons = persons_between(totals, rate_from, rate_to);
  seen.hours = rate_to - rate_from;
  return seen;
}

}  // namespace commonwatch::hotspot
