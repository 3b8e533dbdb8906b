// What must be shown, computed from nothing but the list of incidents: plain maps, no state, no
// shortcuts. Shares with the engine the Poisson tail and the hotspot of a cell alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/hours.h"
#include "hub/hotspot/poisson.h"
#include "hub/hotspot/scoring.h"

namespace commonwatch::hotspot::test {

class Oracle {
 public:
  Oracle(Settings settings, const std::vector<Incident>& incidents, Instant as_of)
      : settings_(std::move(settings)), now_(hour_of(as_of)) {
    const Hour oldest =
        now_ / 24 * 24 - 24 * (settings_.trailing_days + settings_.guard_days) - 24 * 28;
    for (const Incident& incident : incidents) {
      if (hour_of(incident.occurred) >= oldest) counted_.push_back(incident);
    }
    observe();
  }

  // In order of id.
  std::vector<model::Hotspot> hotspots() const {
    std::vector<model::Hotspot> ranked;
    for (const int level : settings_.levels) {
      const auto cells = cells_of(level);
      const double cell_hours = static_cast<double>(cells.size()) * static_cast<double>(hours_);
      const double mean_rate = (persons_ + 1) / (cell_hours + 3 * 7 * 24);
      for (const auto& [cell, inside] : cells) {
        if (const auto hotspot = score(cell, inside, mean_rate)) ranked.push_back(*hotspot);
      }
    }
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      const int a_level = a.zone.cell.level();
      const int b_level = b.zone.cell.level();
      return std::tuple(-a.score, -a_level, a.zone.cell) <
             std::tuple(-b.score, -b_level, b.zone.cell);
    });
    std::vector<model::Hotspot> shown;
    for (const model::Hotspot& hotspot : ranked) {
      const model::Cell cell = hotspot.zone.cell;
      const bool overlaps = std::any_of(shown.begin(), shown.end(), [&](const auto& other) {
        return other.zone.cell.contains(cell) || cell.contains(other.zone.cell);
      });
      if (!overlaps) shown.push_back(hotspot);
    }
    std::sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return shown;
  }

 private:
  using Inside = std::vector<Incident>;

  std::map<model::Cell, Inside> cells_of(int level) const {
    std::map<model::Cell, Inside> cells;
    for (const Incident& incident : counted_) {
      cells[incident.cell.parent(level)].push_back(incident);
    }
    return cells;
  }

  static double persons(const Inside& incidents, Hour from, Hour to) {
    double sum = 0;
    for (const Incident& incident : incidents) {
      const Hour hour = hour_of(incident.occurred);
      if (hour >= from && hour < to) sum += incident.persons;
    }
    return sum;
  }

  void observe() {
    std::set<Hour> hours;
    for (const Incident& incident : counted_) hours.insert(hour_of(incident.occurred));
    Hour first = now_ + 1;
    for (auto hour = hours.rbegin(); hour != hours.rend(); ++hour) {
      if (*hour > now_) continue;
      if (first - *hour > 24 * 28) break;
      first = *hour;
    }
    to_ = now_ + 1 - 24 * settings_.guard_days;
    from_ = std::min(to_, std::max(first, to_ - 24 * settings_.trailing_days));
    const bool cold = to_ - from_ < 24 * 28;
    hours_ = cold ? now_ + 1 - first : to_ - from_;
    persons_ = cold ? persons(counted_, first, now_ + 1) : persons(counted_, from_, to_);
  }

  std::optional<model::Hotspot> score(model::Cell cell, const Inside& inside,
                                      double mean_rate) const {
    const auto exposure = static_cast<double>(to_ - from_);
    const double prior = settings_.prior_days * 24;
    const double rate = (persons(inside, from_, to_) + prior * mean_rate) / (exposure + prior);
    std::optional<model::Hotspot> best;
    for (const int hours : settings_.windows_hours) {
      model::Hotspot hotspot = hotspot_of(cell);
      hotspot.window_hours = static_cast<std::uint32_t>(hours);
      for (const Incident& incident : inside) {
        const Hour hour = hour_of(incident.occurred);
        if (hour > now_ || hour <= now_ - hours) continue;
        hotspot.count += incident.persons;
        hotspot.fatal += incident.fatal;
        hotspot.last_occurred =
            std::max(hotspot.last_occurred,
                     Instant(std::chrono::floor<std::chrono::seconds>(incident.occurred)));
      }
      if (hotspot.count < static_cast<std::uint32_t>(settings_.count_min)) continue;
      const double expected = rate * hours;
      hotspot.expected = std::round(expected * 1000) / 1000;
      hotspot.score = std::round(tail_score(hotspot.count, expected) * 1000) / 1000;
      hotspot.severity = hotspot.score >= settings_.alert_score   ? model::Severity::kAlert
                         : hotspot.score >= settings_.watch_score ? model::Severity::kWatch
                                                                  : model::Severity::kNote;
      hotspot.exposure_days = static_cast<std::uint32_t>((to_ - from_) / 24);
      hotspot.provisional = to_ - from_ < 365 * 24;
      if (hotspot.score < settings_.note_score) continue;
      if (!best || hotspot.score > best->score) best = hotspot;
    }
    return best;
  }

  Settings settings_;
  Hour now_;
  std::vector<Incident> counted_;
  Hour from_ = 0;
  Hour to_ = 0;
  Hour hours_ = 0;
  double persons_ = 0;
};

}  // namespace commonwatch::hotspot::test
