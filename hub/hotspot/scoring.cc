#include "hub/hotspot/scoring.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "hub/hotspot/poisson.h"

namespace commonwatch::hotspot {
namespace {

constexpr Hour kSettledHours = 365 * kHoursOfDay;

double rounded(double value, double units) { return std::round(value * units) / units; }

std::uint32_t narrow(std::uint64_t count) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max()));
}

// Everything later than the hour of now has not happened yet.
std::size_t counted_moments(const ZoneCounts& zone, Hour now) {
  const auto& moments = zone.moments();
  std::size_t size = moments.size();
  while (size > 0 && moments[size - 1].second >= start_of(now + 1)) --size;
  return size;
}

}  // namespace

model::Hotspot hotspot_of(model::Cell cell) {
  model::Hotspot hotspot;
  hotspot.id = "cell/" + cell.token();
  hotspot.zone.cell = cell;
  const model::LatLng center = cell.center();
  hotspot.center = {rounded(center.latitude, 1e6), rounded(center.longitude, 1e6)};
  return hotspot;
}

double Scorer::rate(const ZoneCounts& zone, const Observation& seen, double mean_rate) const {
  const double prior_hours = settings_.prior_days * static_cast<double>(kHoursOfDay);
  const auto trailing = static_cast<double>(
      zone.trailing_persons(start_of(seen.trailing_from), start_of(seen.trailing_to)));
  return (trailing + prior_hours * mean_rate) /
         (static_cast<double>(seen.exposure_hours()) + prior_hours);
}

Scorer::Window Scorer::best_window(const ZoneCounts& zone, const Observation& seen,
                                   double mean_rate) const {
  const auto& moments = zone.moments();
  std::size_t next = counted_moments(zone, seen.now);
  Window best;
  Window window;
  double zone_rate = -1;
  for (const int hours : settings_.windows_hours) {
    const Second from = window_start(seen.now, hours);
    for (; next > 0 && moments[next - 1].second >= from; --next) {
      window.count += moments[next - 1].persons;
      window.fatal += moments[next - 1].fatal;
    }
    if (window.count < static_cast<std::uint64_t>(settings_.count_min)) continue;
    if (zone_rate < 0) zone_rate = rate(zone, seen, mean_rate);
    window.hours = hours;
    window.expected = zone_rate * hours;
    const double enough = std::max(best.score, settings_.note_score) - 0.001;
    if (tail_score_bound(window.count, window.expected) < enough) continue;
    window.score = rounded(tail_score(window.count, window.expected), 1000);
    if (window.score >= settings_.note_score && window.score > best.score) best = window;
  }
  return best;
}

std::optional<model::Hotspot> Scorer::score(model::Cell cell, const ZoneCounts& zone,
                                            const Observation& seen, double mean_rate) const {
  const Window best = best_window(zone, seen, mean_rate);
  if (best.hours == 0) return std::nullopt;
  model::Hotspot hotspot = hotspot_of(cell);
  hotspot.window_hours = static_cast<std::uint32_t>(best.hours);
  hotspot.count = narrow(best.count);
  hotspot.fatal = narrow(best.fatal);
  hotspot.expected = rounded(best.expected, 1000);
  hotspot.score = best.score;
  hotspot.severity = best.score >= settings_.alert_score   ? model::Severity::kAlert
                     : best.score >= settings_.watch_score ? model::Severity::kWatch
                                                           : model::Severity::kNote;
  const std::size_t last = counted_moments(zone, seen.now) - 1;
  hotspot.last_occurred = instant_of_second(zone.moments()[last].second);
  hotspot.exposure_days = static_cast<std::uint32_t>(seen.exposure_hours() / kHoursOfDay);
  hotspot.provisional = seen.exposure_hours() < kSettledHours;
  return hotspot;
}

}  // namespace commonwatch::hotspot
