#include "bench/detection/county.h"

#include <algorithm>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <numeric>

#include "hub/hotspot/scan.h"
#include "hub/linkage/linker.h"

namespace commonwatch::detection {
namespace {

constexpr const char* kTimeZone = "America/New_York";
constexpr double kFirstDelayMinutes = 2;  // mean, exponential
constexpr double kSecondShare = 1.0 / 3;
constexpr double kSecondOffMinutes = 5;  // either way
constexpr double kSecondOffMetres = 100;
constexpr double kSecondDelayMinutes = 25;  // at most, and 5 at least
constexpr double kDispersionMin = 1e-6;

Duration minutes(double value) { return Duration(std::llround(value * 60e6)); }

std::vector<model::Incident> link(const std::vector<Overdose>& overdoses) {
  linkage::Linker linker;
  for (std::size_t i = 0; i < overdoses.size(); ++i) {
    model::Record record;
    record.occurred = record.first_recorded = overdoses[i].occurred;
    record.point = overdoses[i].where;
    record.cell = model::Cell::at(record.point, model::kLeafLevel);
    linker.apply(model::RecordKey{{mix(0, i), i}}, 1, record);
  }
  std::vector<model::Incident> incidents;
  for (auto& change : linker.take_changes()) {
    if (change.incident) incidents.push_back(std::move(*change.incident));
  }
  return incidents;
}

}  // namespace

County learn_county(const std::vector<Overdose>& overdoses) {
  const hotspot::Settings settings;
  hotspot::ReporterSets reporters;
  hotspot::Scan scan(settings, reporters, model::TimeZone::load(kTimeZone).value(),
                     hotspot::ZoneTable(settings.level_min, settings.level_max));
  County county;
  hotspot::Hour last = 0;
  for (const model::Incident& incident : link(overdoses)) {
    const hotspot::Hour hour = hotspot::hour_of(incident.occurred);
    const hotspot::Item item{scan.site_of({incident.cell, {}}), incident.persons, 0, 0,
                             reporters.index_of(incident.partners), 0};
    scan.add(hour, item);
    county.places.push_back(incident.cell.center());
    last = std::max(last, hour);
  }
  // So that the trailing period ends with the last day.
  scan.roll_to(last + (settings.guard_days + 1) * hotspot::kHoursOfDay);
  constexpr double kNothingReaches = 1e6;
  scan.exceedances(kNothingReaches);
  county.incidents_per_day = scan.baseline().rate_per_day;
  county.dispersion = scan.baseline().dispersion;
  county.profile = scan.baseline().profile;
  return county;
}

void Agencies::report(Instant occurred, model::LatLng where, Random& random,
                      std::vector<Report>& reports) {
  const auto add = [&](model::NameIndex agency, Instant at, model::LatLng point, Instant recorded) {
    model::Record record;
    record.source = record.partner = agency;
    record.occurred = at;
    record.first_recorded = recorded;
    record.point = point;
    record.cell = model::Cell::at(point, model::kLeafLevel);
    ++number_;
    reports.push_back({recorded, model::RecordKey{{mix(seed_, number_), number_}}, record});
  };
  add(0, occurred, where,
      occurred + minutes(-kFirstDelayMinutes * std::log(1 - uniform(random))));
  if (uniform(random) >= kSecondShare) return;
  const double off = kSecondOffMetres * std::sqrt(uniform(random));
  const double angle = 2 * M_PI * uniform(random);
  const Instant second = occurred + minutes(kSecondOffMinutes * (2 * uniform(random) - 1));
  add(1, second, moved(where, off * std::cos(angle), off * std::sin(angle)),
      std::max(occurred, second) + minutes(5 + (kSecondDelayMinutes - 5) * uniform(random)));
}

void simulate_day(const County& county, hotspot::Day day, Random& random, Agencies& agencies,
                  std::vector<Report>& reports) {
  std::array<double, hotspot::kHoursOfDay> hours{};
  const hotspot::Hour midnight = day * hotspot::kHoursOfDay;
  const auto first = static_cast<std::size_t>(model::TimeZone().hour_of_week(midnight));
  std::copy_n(county.profile.begin() + static_cast<std::ptrdiff_t>(first), hours.size(),
              hours.begin());
  std::partial_sum(hours.begin(), hours.end(), hours.begin());
  double mean = county.incidents_per_day * hours.back() / hotspot::kHoursOfDay;
  if (county.dispersion > kDispersionMin) {
    mean *= boost::random::gamma_distribution<double>(1 / county.dispersion,
                                                      county.dispersion)(random);
  }
  const int count = boost::random::poisson_distribution<int, double>(mean)(random);
  boost::random::uniform_int_distribution<std::size_t> any(0, county.places.size() - 1);
  for (int i = 0; i < count; ++i) {
    const double pick = uniform(random) * hours.back();
    const auto hour = std::min<hotspot::Hour>(
        std::upper_bound(hours.begin(), hours.end(), pick) - hours.begin(),
        hotspot::kHoursOfDay - 1);
    const Instant occurred = hotspot::start_of(midnight + hour) + minutes(60 * uniform(random));
    agencies.report(occurred, county.places[any(random)], random, reports);
  }
}

}  // namespace commonwatch::detection
