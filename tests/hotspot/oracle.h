// What the engine must give, from nothing but the list of incidents: plain and slow. Of hub/hotspot
// it uses make_baseline(), completeness() and the calibration's table; zones, counts, scores and
// the selection are made here by their definitions.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/hours.h"
#include "hub/hotspot/zone_table.h"
#include "hub/model/area.h"
#include "hub/statistics/likelihood.h"

namespace commonwatch::hotspot::test {

// Everything that was told to an engine, as it stands.
struct World {
  Settings settings;
  std::map<model::RecordKey, model::Incident> incidents;
  std::map<model::Cell, model::SiteDecision> sites;
  std::vector<Silence> silences;
  std::map<std::string, Calibration> calibrations;
};

// A zone and its best window.
struct Scored {
  model::Zone zone;
  int window_hours = 0;
  double score = 0;
  friend bool operator==(const Scored&, const Scored&) = default;
};

// One jurisdiction as of an hour.
class Oracle {
 public:
  Oracle(const World& world, const std::string& jurisdiction, Instant as_of)
      : settings_(world.settings),
        jurisdiction_(jurisdiction),
        silences_(world.silences),
        now_(hour_of(as_of)),
        time_zone_(model::TimeZone::load(settings_.time_zone).value()) {
    const auto calibration = world.calibrations.find(jurisdiction);
    if (calibration != world.calibrations.end()) calibration_ = calibration->second;
    for (const auto& [cell, site] : world.sites) {
      if (site.kind == model::SiteKind::kFacility) facilities_.emplace(site.name, cell);
    }
    for (const auto& [key, incident] : world.incidents) take(world, incident);
    fill_totals();
    baseline_ = make_baseline(totals_, reporters_, settings_, time_zone_, day_of(now_));
    fill_factors();
    for (const Located& located : located_) {
      for (const model::Zone& zone : zones_of(located)) zones_.insert(zone);
    }
  }

  const Baseline& baseline() const { return baseline_; }
  const std::set<model::Zone>& zones() const { return zones_; }

  Counts counts(const model::Zone& zone) const {
    const std::vector<model::Cell> ground = ground_of(zone);
    Counts counts;
    for (const Located& located : located_) {
      if (!holds(zone, ground, located) || located.hour > now_) continue;
      const Weight& weight = baseline_.weights[located.reporters];
      for (std::size_t i = 0; i < settings_.windows_hours.size(); ++i) {
        if (weight.counted && now_ - located.hour < settings_.windows_hours[i]) {
          counts.n[i] += located.incident.persons;
        }
      }
      if (!in_trailing(located.hour)) continue;
      counts.n[Counts::kBaseline] += located.incident.persons * weight.baseline;
      counts.n[Counts::kHistory] += located.incident.persons;
    }
    return counts;
  }

  // In order of zone.
  std::vector<Scored> exceedances(double score_min) const {
    std::vector<Scored> all;
    if (baseline_.exposure_days < settings_.exposure_days_min) return all;
    for (const model::Zone& zone : zones_) {
      const Counts counted = counts(zone);
      Scored best{zone, 0, 0};
      for (std::size_t i = 0; i < settings_.windows_hours.size(); ++i) {
        if (counted.n[i] < static_cast<std::uint32_t>(settings_.count_min)) continue;
        const double score = statistics::log_likelihood_ratio(counted.n[i], expected(counted, i),
                                                              baseline_.dispersion);
        if (score >= score_min && score > best.score) {
          best = {zone, settings_.windows_hours[i], score};
        }
      }
      if (best.score > 0) all.push_back(best);
    }
    return all;
  }

  // In order of id.
  std::vector<Finding> findings() const {
    std::vector<Finding> all;
    if (!calibration_) return all;
    for (const Scored& scored : select(exceedances(score_of(*calibration_, settings_.note_days)))) {
      all.push_back({jurisdiction_, hotspot_of(scored)});
    }
    std::sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
      return a.hotspot.id < b.hotspot.id;
    });
    return all;
  }

 private:
  struct Located {
    model::Incident incident;
    Hour hour = 0;
    ReporterSet reporters = 0;
    bool in_cells = true;
    std::vector<std::string> areas;
    std::string facility;
  };

  void take(const World& world, const model::Incident& incident) {
    Located located{incident, hour_of(incident.occurred), 0, true, {}, {}};
    const Day oldest =
        day_of(now_) - settings_.trailing_days - settings_.guard_days - 28;
    if (incident.persons == 0 || day_of(located.hour) < oldest) return;
    std::string jurisdiction;
    for (const NamedArea& area : settings_.areas) {
      model::AreaRequest request;
      request.polygon = area.polygon;
      const auto ground = model::Area::make(request, Limits{}).value();
      if (!ground.contains(incident.cell.center())) continue;
      if (!jurisdiction.empty() && jurisdiction != area.jurisdiction) continue;
      jurisdiction = area.jurisdiction;
      located.areas.push_back(area.name);
    }
    if (jurisdiction.empty()) jurisdiction = kWholeJurisdiction;
    if (jurisdiction != jurisdiction_) return;
    const auto site = world.sites.find(incident.cell);
    if (site != world.sites.end() && site->second.kind == model::SiteKind::kPlaceholder) {
      located.in_cells = false;
      located.areas.clear();
    }
    if (site != world.sites.end() && site->second.kind == model::SiteKind::kFacility) {
      located.facility = site->second.name;
    }
    located.reporters = reporters_.index_of(incident.partners);
    located_.push_back(located);
  }

  bool in_trailing(Hour hour) const {
    const Day to = day_of(now_) - settings_.guard_days;
    return day_of(hour) < to && day_of(hour) >= to - settings_.trailing_days;
  }

  void fill_totals() {
    for (const Located& located : located_) {
      auto& row = totals_.days[day_of(located.hour)];
      row.resize(std::max<std::size_t>(row.size(), located.reporters + 1U));
      row[located.reporters] += located.incident.persons;
      if (!in_trailing(located.hour)) continue;
      totals_.hours_of_week[static_cast<std::size_t>(time_zone_.hour_of_week(located.hour))] +=
          located.incident.persons;
      const Duration delay = located.incident.first_recorded - located.incident.occurred;
      if (delay_bin(delay) < kDelayBinsLearnt) ++totals_.delays[delay_bin(delay)];
    }
  }

  // Expected persons of one person of baseline, by window.
  void fill_factors() {
    for (const int hours : settings_.windows_hours) {
      double known = 0;
      for (int back = 0; back < hours; ++back) {
        const auto bin = static_cast<std::size_t>(time_zone_.hour_of_week(now_ - back));
        known += baseline_.profile[bin] * completeness(baseline_, reporters_, silences_, now_,
                                                       static_cast<std::size_t>(back));
      }
      factors_.push_back(known / 24 * baseline_.trend / baseline_.exposure_days);
    }
  }

  double expected(const Counts& counts, std::size_t window) const {
    return (counts.n[Counts::kBaseline] / 16.0 + settings_.prior_persons) * factors_[window];
  }

  std::vector<model::Zone> zones_of(const Located& located) const {
    using model::ZoneKind;
    std::vector<model::Zone> zones = {{ZoneKind::kArea, model::Cell(), jurisdiction_}};
    for (const std::string& area : located.areas) {
      zones.push_back({ZoneKind::kArea, model::Cell(), area});
    }
    if (!located.facility.empty()) {
      zones.push_back({ZoneKind::kFacility, model::Cell(), located.facility});
    }
    for (int level = settings_.level_min; located.in_cells && level <= settings_.level_max;
         ++level) {
      const model::Cell cell = located.incident.cell.parent(level);
      zones.push_back({ZoneKind::kCell, cell, {}});
      if (level == settings_.level_min) continue;
      zones.push_back({ZoneKind::kBlock, cell, {}});
      for (const model::Cell near : cell.neighbors()) {
        zones.push_back({ZoneKind::kBlock, near, {}});
      }
    }
    return zones;
  }

  static std::vector<model::Cell> ground_of(const model::Zone& zone) {
    if (!zone.cell.is_valid()) return {};
    std::vector<model::Cell> ground = {zone.cell};
    if (zone.kind == model::ZoneKind::kBlock) {
      for (const model::Cell near : zone.cell.neighbors()) ground.push_back(near);
    }
    return ground;
  }

  bool holds(const model::Zone& zone, const std::vector<model::Cell>& ground,
             const Located& located) const {
    if (zone.kind == model::ZoneKind::kFacility) return located.facility == zone.name;
    if (zone.kind == model::ZoneKind::kArea) {
      return zone.name == jurisdiction_ || std::count(located.areas.begin(), located.areas.end(),
                                                      zone.name) > 0;
    }
    return located.in_cells && std::any_of(ground.begin(), ground.end(), [&](model::Cell cell) {
      return cell.contains(located.incident.cell);
    });
  }

  std::vector<Scored> select(std::vector<Scored> from) const {
    std::vector<Scored> selected;
    const auto has_ground = [](const Scored& scored) { return scored.zone.cell.is_valid(); };
    std::copy_if(from.begin(), from.end(), std::back_inserter(selected),
                 [&](const Scored& scored) { return !has_ground(scored); });
    std::erase_if(from, [&](const Scored& scored) { return !has_ground(scored); });
    const auto rank = [](const Scored& scored) {
      return std::tuple(-scored.score, model::zone_size(scored.zone), scored.zone.cell);
    };
    std::sort(from.begin(), from.end(),
              [&](const Scored& a, const Scored& b) { return rank(a) < rank(b); });
    std::vector<Scored> taken;
    const auto free = [&](const Scored& scored) {
      return std::none_of(taken.begin(), taken.end(), [&](const Scored& other) {
        return model::touch(scored.zone, other.zone);
      });
    };
    for (const Scored& lead : from) {
      if (!free(lead)) continue;
      const Scored* chosen = &lead;
      for (const Scored& other : from) {
        const bool alike = other.score >= 0.9 * lead.score && rank(other) > rank(lead) &&
                           model::touch(other.zone, lead.zone) && free(other);
        const auto size = [](const Scored& scored) { return model::zone_size(scored.zone); };
        if (alike && size(other) < size(*chosen)) chosen = &other;
      }
      taken.push_back(*chosen);
    }
    selected.insert(selected.end(), taken.begin(), taken.end());
    return selected;
  }

  model::LatLng center_of(const model::Zone& zone) const {
    if (zone.cell.is_valid()) return model::zone_center(zone);
    if (zone.kind == model::ZoneKind::kFacility) {
      return model::zone_center({model::ZoneKind::kCell, facilities_.at(zone.name), {}});
    }
    for (const NamedArea& area : settings_.areas) {
      if (area.name != zone.name) continue;
      model::LatLng sum;
      for (const model::LatLng& vertex : area.polygon) {
        sum = {sum.latitude + vertex.latitude, sum.longitude + vertex.longitude};
      }
      const auto corners = static_cast<double>(area.polygon.size());
      return {std::round(sum.latitude / corners * 1e6) / 1e6,
              std::round(sum.longitude / corners * 1e6) / 1e6};
    }
    return {};
  }

  static double round_to(double value, double unit) { return std::round(value / unit) * unit; }

  model::Hotspot hotspot_of(const Scored& scored) const {
    model::Hotspot hotspot;
    hotspot.zone = scored.zone;
    hotspot.id = model::zone_id(scored.zone);
    hotspot.center = center_of(scored.zone);
    hotspot.window_hours = static_cast<std::uint32_t>(scored.window_hours);
    const std::vector<model::Cell> ground = ground_of(scored.zone);
    for (const Located& located : located_) {
      const bool inside = holds(scored.zone, ground, located) && located.hour <= now_ &&
                          now_ - located.hour < scored.window_hours;
      if (!inside || !baseline_.weights[located.reporters].counted) continue;
      hotspot.count += located.incident.persons;
      hotspot.fatal += located.incident.fatal;
      hotspot.last_occurred = std::max(
          hotspot.last_occurred,
          Instant(std::chrono::floor<std::chrono::seconds>(located.incident.occurred)));
    }
    const auto window =
        std::find(settings_.windows_hours.begin(), settings_.windows_hours.end(),
                  scored.window_hours) -
        settings_.windows_hours.begin();
    hotspot.expected =
        std::round(expected(counts(scored.zone), static_cast<std::size_t>(window)) * 1000) / 1000;
    hotspot.score = std::round(scored.score * 1000) / 1000;
    const auto reaches = [&](int days) { return scored.score >= score_of(*calibration_, days); };
    hotspot.severity = reaches(settings_.alert_days)   ? model::Severity::kAlert
                       : reaches(settings_.watch_days) ? model::Severity::kWatch
                                                       : model::Severity::kNote;
    hotspot.interval_days = round_to(interval_of(*calibration_, scored.score), 0.5);
    hotspot.exposure_days = static_cast<std::uint32_t>(baseline_.exposure_days);
    hotspot.provisional = baseline_.exposure_days < settings_.trailing_days;
    return hotspot;
  }

  const Settings settings_;
  std::string jurisdiction_;
  std::vector<Silence> silences_;
  Hour now_;
  model::TimeZone time_zone_;
  std::optional<Calibration> calibration_;
  std::map<std::string, model::Cell> facilities_;  // the first cell of each
  std::vector<Located> located_;
  ReporterSets reporters_;
  Totals totals_;
  Baseline baseline_;
  std::vector<double> factors_;
  std::set<model::Zone> zones_;
};

}  // namespace commonwatch::hotspot::test
