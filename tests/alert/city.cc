#include "tests/alert/city.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace commonwatch::alert::test {
namespace {

constexpr double kNote = 4;
constexpr double kWatch = 8;
constexpr double kAlert = 12;
const std::vector<std::uint32_t> kWindows = {6, 24, 48};

double rounded(double value) { return std::round(value * 1000) / 1000; }

double persons_an_hour(const model::Zone& zone) {
  switch (zone.kind) {
    case model::ZoneKind::kArea:
      return zone.name == "County" ? 0.2 : 0.1;
    case model::ZoneKind::kFacility:
      return 0.05;
    default:
      return 0.01 * model::zone_size(zone) / model::zone_size(cell_zone(kJail, 13));
  }
}

model::Severity level(double score) {
  if (score >= kAlert) return model::Severity::kAlert;
  if (score >= kWatch) return model::Severity::kWatch;
  return score >= kNote ? model::Severity::kNote : model::Severity::kUnspecified;
}

bool has_cells(const model::Zone& zone) {
  return zone.kind == model::ZoneKind::kCell || zone.kind == model::ZoneKind::kBlock;
}

model::LatLng middle(const model::Zone& zone) {
  if (has_cells(zone)) return model::zone_center(zone);
  if (zone.kind == model::ZoneKind::kFacility) return kJail;
  return zone.name == "North" ? kNorth : east(0);
}

bool share_ground(const model::Zone& a, const model::Zone& b) {
  const auto cells = [](const model::Zone& zone) {
    return has_cells(zone) ? zone : cell_zone(kJail, model::kLeafLevel);
  };
  return a == b || model::touch(cells(a), cells(b));
}

}  // namespace

Instant end_of_hour(Instant instant) {
  return std::chrono::floor<std::chrono::hours>(instant) + std::chrono::hours(1);
}

model::LatLng east(double kilometres) { return {40.1, -75.3 + kilometres / 85.2}; }

model::Zone cell_zone(model::LatLng point, int level) {
  return {model::ZoneKind::kCell, model::Cell::at(point, level), {}};
}
model::Zone block_zone(model::LatLng point, int level) {
  return {model::ZoneKind::kBlock, model::Cell::at(point, level), {}};
}
model::Zone area_zone(const std::string& name) { return {model::ZoneKind::kArea, {}, name}; }
model::Zone jail_zone() { return {model::ZoneKind::kFacility, {}, "Jail"}; }

std::size_t City::add(const Report& report) {
  const model::Cell cell = model::Cell::at(report.point, model::kLeafLevel);
  reports_.push_back({report, cell, false});
  touched_.push_back({cell, report.occurred});
  return reports_.size() - 1;
}

void City::retract(std::size_t number) {
  Known& known = reports_.at(number);
  known.retracted = true;
  touched_.push_back({known.cell, known.report.occurred});
}

std::vector<Touch> City::touched() { return std::exchange(touched_, {}); }

// The cells of a cell or block; none of another zone.
static std::vector<model::Cell> cells_of(const model::Zone& zone) {
  if (!has_cells(zone)) return {};
  std::vector<model::Cell> cells = {zone.cell};
  if (zone.kind == model::ZoneKind::kCell) return cells;
  for (const model::Cell near : zone.cell.neighbors()) cells.push_back(near);
  return cells;
}

bool City::covers(const std::string&, const model::Zone& zone, model::Cell cell) const {
  if (zone.kind == model::ZoneKind::kFacility) {
    return cell == model::Cell::at(kJail, model::kLeafLevel);
  }
  return zone.name == "County" || cell.center().latitude > 40.2;
}

double City::score(double count, double expected, double dispersion) const {
  (void)dispersion;  // there is none here
  if (count < 3 || count <= expected) return 0;
  return count * std::log(count / expected) + expected - count;
}

Inspection City::inspect(const std::string&, const model::Zone& zone, std::uint32_t window_hours,
                         Instant window_end) const {
  Inspection found;
  model::Hotspot& hotspot = found.hotspot;
  model::Evidence& evidence = found.evidence;
  evidence.window_start = window_end - std::chrono::hours(window_hours);
  evidence.window_end = window_end;
  evidence.note_score = kNote;
  evidence.watch_score = kWatch;
  evidence.alert_score = kAlert;
  evidence.exposure_days = 100;
  evidence.baseline_persons = persons_an_hour(zone) * 24 * evidence.exposure_days;
  evidence.profile_days = window_hours / 24.0;
  hotspot.id = model::zone_id(zone);
  hotspot.zone = zone;
  hotspot.center = middle(zone);
  hotspot.window_hours = window_hours;
  hotspot.expected = persons_an_hour(zone) * window_hours;
  hotspot.provisional = false;
  const std::vector<model::Cell> cells = cells_of(zone);
  const auto holds = [&](model::Cell at) {
    return cells.empty() ? covers({}, zone, at)
                         : std::any_of(cells.begin(), cells.end(),
                                       [&](model::Cell cell) { return cell.contains(at); });
  };
  for (const Known& known : reports_) {
    const Instant occurred = known.report.occurred;
    if (known.retracted || occurred < evidence.window_start || occurred >= window_end ||
        !holds(known.cell)) {
      continue;
    }
    hotspot.count += known.report.persons;
    hotspot.last_occurred = std::max(hotspot.last_occurred, occurred);
  }
  hotspot.score = rounded(score(hotspot.count, hotspot.expected, 0));
  hotspot.severity = level(hotspot.score);
  hotspot.interval_days = hotspot.score >= kNote ? 30 : 0;
  evidence.agencies = {{"county-ems", hotspot.count}};
  return found;
}

std::vector<Scores::Part> City::parts(const std::string& jurisdiction,
                                      std::span<const model::Zone> zones,
                                      std::uint32_t window_hours, Instant window_end) const {
  std::vector<Part> parts;
  for (const model::Zone& zone : zones) {
    const model::Hotspot of = inspect(jurisdiction, zone, window_hours, window_end).hotspot;
    parts.push_back({of.count, of.expected});
  }
  return parts;
}

Finding City::finding(const model::Zone& zone, std::uint32_t window_hours,
                      Instant window_end) const {
  return {"county", inspect("county", zone, window_hours, window_end).hotspot, window_end};
}

std::vector<model::Zone> City::zones(Instant as_of) const {
  std::set<model::Zone> zones;
  for (const Known& known : reports_) {
    if (known.retracted || as_of - known.report.occurred > std::chrono::hours(49)) continue;
    for (const int level : {12, 13}) {
      const model::Cell cell = known.cell.parent(level);
      zones.insert({model::ZoneKind::kCell, cell, {}});
      zones.insert({model::ZoneKind::kBlock, cell, {}});
      for (const model::Cell near : cell.neighbors()) {
        zones.insert({model::ZoneKind::kBlock, near, {}});
      }
    }
  }
  zones.insert(jail_zone());
  zones.insert(area_zone("County"));
  zones.insert(area_zone("North"));
  return {zones.begin(), zones.end()};
}

// Three persons of the longest window: fewer are no finding. Areas and facilities always are.
bool City::is_busy(const std::vector<model::Cell>& cells, Instant as_of) const {
  if (cells.empty()) return true;
  std::uint32_t persons = 0;
  for (const Known& known : reports_) {
    if (known.retracted || as_of - known.report.occurred > std::chrono::hours(49)) continue;
    for (const model::Cell cell : cells) {
      if (cell.contains(known.cell)) persons += known.report.persons;
    }
  }
  return persons >= 3;
}

std::vector<Finding> City::findings(Instant as_of) const {
  std::vector<Finding> all;
  for (const model::Zone& zone : zones(as_of)) {
    if (!is_busy(cells_of(zone), as_of)) continue;
    for (const std::uint32_t hours : kWindows) {
      const Finding found = finding(zone, hours, end_of_hour(as_of));
      if (found.hotspot.severity != model::Severity::kUnspecified) all.push_back(found);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
    return a.hotspot.score > b.hotspot.score;
  });
  std::vector<Finding> best;
  for (const Finding& found : all) {
    const model::Zone& zone = found.hotspot.zone;
    const bool is_area = zone.kind == model::ZoneKind::kArea;
    const bool is_new = std::none_of(best.begin(), best.end(), [&](const Finding& other) {
      const model::Zone& had = other.hotspot.zone;
      if (is_area || had.kind == model::ZoneKind::kArea) return had == zone;
      return share_ground(had, zone);
    });
    if (is_new) best.push_back(found);
  }
  return best;
}

}  // namespace commonwatch::alert::test
