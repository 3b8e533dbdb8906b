// The counts of every zone and window, and every score: as a count from scratch has them.
#include "hub/hotspot/scan.h"

#include <catch2/catch.hpp>

#include "hub/hotspot/placement.h"
#include "tests/hotspot/oracle.h"
#include "tests/hotspot/random_city.h"

namespace commonwatch::hotspot::test {
namespace {

// One scan of a city without areas, told of incidents as the engine tells it.
class Told {
 public:
  explicit Told(const Settings& settings)
      : settings_(settings),
        scan_(settings_, reporters_, model::TimeZone::load(settings.time_zone).value(),
              ZoneTable(settings.level_min, settings.level_max)) {}

  void apply(const Report& report) {
    if (const auto at = held_.find(report.key); at != held_.end()) {
      scan_.remove(at->second.first, at->second.second);
      held_.erase(at);
    }
    if (!report.incident || report.incident->persons == 0) return;
    const model::Incident& incident = *report.incident;
    const Item item{scan_.site_of({incident.cell, {}}),
                    incident.persons,
                    incident.fatal,
                    static_cast<std::uint16_t>(second_in_hour(incident.occurred)),
                    reporters_.index_of(incident.partners),
                    delay_bin(incident.first_recorded - incident.occurred)};
    held_[report.key] = {hour_of(incident.occurred), item};
    scan_.add(hour_of(incident.occurred), item);
  }
  Scan& scan() { return scan_; }
  Day oldest() const {
    return day_of(*scan_.now()) - settings_.trailing_days - settings_.guard_days - 28;
  }

 private:
  Settings settings_;
  ReporterSets reporters_;
  Scan scan_;
  std::map<model::RecordKey, std::pair<Hour, Item>> held_;
};

model::Zone zone_at(const Scan& scan, ZoneIndex index) {
  return scan.zones().is_named(index)
             ? model::Zone{model::ZoneKind::kArea, model::Cell(), kWholeJurisdiction}
             : scan.zones().zone(index);
}

std::size_t require_same_counts(const Scan& scan, const Oracle& oracle) {
  std::size_t counted = 0;
  for (ZoneIndex index = 0; index < scan.zones().zones(); ++index) {
    const model::Zone zone = zone_at(scan, index);
    const Counts& counts = scan.zones().counts(index);
    if (scan.recount(index) != counts) {
      FAIL("the counts of " << model::zone_id(zone) << " are not those of its items");
    }
    const bool known = oracle.zones().contains(zone);
    counted += known ? 1 : 0;
    if (counts != (known ? oracle.counts(zone) : Counts{})) {
      FAIL("the counts of " << model::zone_id(zone) << " are not those of the incidents");
    }
  }
  return counted;
}

TEST_CASE("Counts of all zones and windows, and all scores, equal those made from scratch") {
  std::size_t exceeding = 0;
  for (std::uint64_t seed = 500; seed < 512; ++seed) {
    CAPTURE(seed);
    RandomCity city(seed);
    Settings settings = city.settings();
    settings.areas.clear();
    Told told(settings);
    World world{settings, {}, {}, {}, {}};
    for (const Step& step : city.make_steps(30)) {
      for (const Call& call : step.calls) {
        const auto* report = std::get_if<Report>(&call);
        if (report == nullptr) continue;
        const bool late = report->incident && told.scan().now() &&
                          day_of(hour_of(report->incident->occurred)) < told.oldest();
        const Call taken = late ? Report{report->key, std::nullopt} : *report;
        told.apply(std::get<Report>(taken));
        tell(world, taken);
      }
      told.scan().roll_to(hour_of(step.as_of));
      told.scan().forget(told.oldest() * kHoursOfDay);
      const double score_min = city.random().chance(50) ? 1 : 0.5 + city.random().unit();
      std::vector<Scored> scored;
      for (const Exceedance& exceedance : told.scan().exceedances(score_min)) {
        scored.push_back({zone_at(told.scan(), exceedance.zone),
                          settings.windows_hours[exceedance.window], exceedance.score});
      }
      if (!city.random().chance(25)) continue;
      CAPTURE(to_rfc3339(step.as_of), settings.canonical());
      const Oracle oracle(world, kWholeJurisdiction, step.as_of);
      REQUIRE(told.scan().baseline().today == oracle.baseline().today);
      REQUIRE(told.scan().baseline().rate_per_day == oracle.baseline().rate_per_day);
      REQUIRE(told.scan().baseline().dispersion == oracle.baseline().dispersion);
      std::sort(scored.begin(), scored.end(),
                [](const Scored& a, const Scored& b) { return a.zone < b.zone; });
      const auto expected = oracle.exceedances(score_min);
      const bool same_scores = scored == expected;
      REQUIRE(same_scores);
      REQUIRE(require_same_counts(told.scan(), oracle) == oracle.zones().size());
      exceeding += scored.size();
    }
  }
  CHECK(exceeding > 1000);
}

}  // namespace
}  // namespace commonwatch::hotspot::test
