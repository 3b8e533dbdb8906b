#include "hub/sharing/generalise.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace commonwatch::sharing {
namespace {

constexpr double kDaysWatch = 100;
constexpr double kDaysYear = 365;

bool stands_in(const model::Alert& alert, const model::PublishedCount& figure) {
  if (alert.state != model::AlertState::kOpen) return false;
  // The window's end is not part of it.
  const Instant last = alert.evidence.window_end - Duration(1);
  return figure.period_start <= last && last < figure.period_end &&
         figure.cell.contains(model::Cell::at(alert.hotspot.center, model::kLeafLevel));
}

model::PublishedAlert banded(const model::Alert& alert, const model::PublishedCount& figure,
                             std::uint32_t k) {
  model::PublishedAlert out;
  out.figure = model::published_count_id(figure);
  out.cell = figure.cell;
  out.period_start = figure.period_start;
  out.period_end = figure.period_end;
  out.persons = figure.persons;
  out.severity = alert.hotspot.severity;
  out.interval = interval_band(alert.hotspot.interval_days);
  out.expectation = expectation_band(alert.hotspot.expected, k);
  return out;
}

struct Pool {
  double expected = 0;  // events a period
  std::uint32_t sources = 0;
  std::uint32_t on_time = 0;
  std::uint32_t starting = 0;
  std::uint32_t silent = 0;

  void add(const Pool& other) {
    expected += other.expected;
    sources += other.sources;
    on_time += other.on_time;
    starting += other.starting;
    silent += other.silent;
  }

  model::HealthState state() const {
    if (silent == sources) return model::HealthState::kSilent;
    if (on_time + starting < sources) return model::HealthState::kLate;
    return on_time > 0 ? model::HealthState::kOnTime : model::HealthState::kStarting;
  }
};

Pool pool_of(const model::SourceHealth& source, std::int32_t period_days) {
  Pool pool;
  pool.expected = source.expected * period_days;
  pool.sources = 1;
  pool.on_time = source.state == model::HealthState::kOnTime ? 1 : 0;
  pool.silent = source.state == model::HealthState::kSilent ? 1 : 0;
  pool.starting = source.state == model::HealthState::kStarting ||
                          source.state == model::HealthState::kUnspecified
                      ? 1
                      : 0;
  return pool;
}

}  // namespace

model::IntervalBand interval_band(double interval_days) {
  if (interval_days >= model::kIntervalDaysMax) return model::IntervalBand::kYears10;
  if (interval_days >= kDaysYear) return model::IntervalBand::kYear1;
  if (interval_days >= kDaysWatch) return model::IntervalBand::kDays100;
  return model::IntervalBand::kDays30;
}

model::ExpectationBand expectation_band(double expected, std::uint32_t k) {
  if (expected >= 5.0 * k) return model::ExpectationBand::kFrom5K;
  if (expected >= 2.0 * k) return model::ExpectationBand::kFrom2K;
  if (expected >= k) return model::ExpectationBand::kFromK;
  return model::ExpectationBand::kBelowK;
}

std::vector<model::PublishedAlert> generalise(const std::vector<model::Alert>& alerts,
                                              const std::vector<model::PublishedCount>& decided,
                                              std::uint32_t k) {
  std::map<std::string, model::PublishedAlert> out;
  for (const model::PublishedCount& figure : decided) {
    if (figure.state != model::FigureState::kShown) continue;
    for (const model::Alert& alert : alerts) {
      if (!stands_in(alert, figure)) continue;
      model::PublishedAlert next = banded(alert, figure, k);
      auto& strongest = out[next.figure];
      const auto rank = [](const model::PublishedAlert& a) {
        return std::tuple(a.severity, a.interval, a.expectation);
      };
      if (rank(strongest) < rank(next)) strongest = std::move(next);
    }
  }
  std::vector<model::PublishedAlert> list;
  for (auto& [id, alert] : out) list.push_back(std::move(alert));
  return list;
}

std::vector<model::BandedHealth> banded_health(const std::vector<model::SourceHealth>& sources,
                                               std::uint32_t k, std::int32_t period_days) {
  std::map<std::string, Pool> large;
  std::map<std::string, Pool> of_partner;
  for (const model::SourceHealth& source : sources) {
    const Pool pool = pool_of(source, period_days);
    if (pool.expected >= k) {
      large[source.name].add(pool);
    } else {
      of_partner[source.name.substr(0, source.name.find('/'))].add(pool);
    }
  }
  Pool others;
  for (const auto& [partner, pool] : of_partner) {
    if (pool.expected >= k) {
      large[partner].add(pool);
    } else {
      others.add(pool);
    }
  }
  // Too few even together: nothing is said of them.
  if (others.expected >= k) large[""] = others;
  std::vector<model::BandedHealth> bands;
  for (const auto& [name, pool] : large) bands.push_back({name, pool.state(), pool.sources});
  return bands;
}

}  // namespace commonwatch::sharing
