#include "hub/hotspot/state.h"

#include <algorithm>
#include <stdexcept>

#include "hub/hotspot/comparisons.h"
#include "hub/hotspot/late.h"
#include "hub/hotspot/places.h"

namespace commonwatch::hotspot {
namespace {

// Beyond the trailing period: what is still corrected, and what an alert of last week rests on.
constexpr Day kSlackDays = 28;
// Local hour at which a calibration may become due.
constexpr Hour kCalibrationHour = 4;

Settings checked(Settings settings) {
  check(settings);
  return settings;
}

model::Incident without_partners(const model::Incident& incident) {
  return {incident.occurred, incident.first_recorded, incident.cell,         incident.persons,
          incident.fatal,    incident.has_area_code,  {}};
}

Day oldest_day(const Settings& settings, Day today) {
  return today - settings.trailing_days - settings.guard_days - kSlackDays;
}

}  // namespace

Engine::State::State(Settings settings, const model::NameTable& partners)
    : settings_(checked(std::move(settings))),
      time_zone_(model::TimeZone::load(settings_.time_zone).value()),
      partners_(partners),
      placement_(settings_) {
  jurisdictions_.reserve(placement_.jurisdictions().size());
  for (const std::string& name : placement_.jurisdictions()) {
    jurisdictions_.emplace_back(name, settings_, reporters_, partners_, placement_);
  }
}

Jurisdiction* Engine::State::find(const std::string& name) {
  for (Jurisdiction& jurisdiction : jurisdictions_) {
    if (jurisdiction.name() == name) return &jurisdiction;
  }
  return nullptr;
}

void Engine::State::insert(const model::RecordKey& key, const model::Incident& incident) {
  const Hour hour = hour_of(incident.occurred);
  if (advanced_ && day_of(hour) < oldest_day(settings_, day_of(hour_of(as_of_)))) return;
  const Placed placed = placement_.place(incident.cell);
  Scan& scan = jurisdictions_[placed.jurisdiction].scan();
  const Item item{scan.site_of(placed.site),
                  incident.persons,
                  incident.fatal,
                  static_cast<std::uint16_t>(second_in_hour(incident.occurred)),
                  reporters_.index_of(incident.partners),
                  delay_bin(incident.first_recorded - incident.occurred)};
  scan.add(hour, item);
  placement_.count(incident, true);
  incidents_.insert_or_assign(key, Held{without_partners(incident), placed.jurisdiction, item});
  by_day_[day_of(hour)].push_back(key);
  note_change(incident);
}

void Engine::State::note_change(const model::Incident& incident) {
  touching_.push_back({incident.cell, incident.occurred});
}

void Engine::State::erase(const model::RecordKey& key) {
  const auto at = incidents_.find(key);
  if (at == incidents_.end()) return;
  const Held& held = at->second;
  jurisdictions_[held.jurisdiction].scan().remove(hour_of(held.incident.occurred), held.item);
  placement_.count(held.incident, false);
  note_change(held.incident);
  incidents_.erase(at);
}

void Engine::State::apply(const model::RecordKey& key,
                          const std::optional<model::Incident>& now) {
  changed_ = true;
  erase(key);
  if (now && now->persons > 0 && now->cell.is_valid()) insert(key, *now);
}

void Engine::State::decide(const model::SiteDecision& decision) {
  if (!placement_.decide(decision)) return;
  changed_ = true;
  std::vector<std::pair<model::RecordKey, model::Incident>> there;
  for (const auto& [key, held] : incidents_) {
    if (held.incident.cell != decision.cell) continue;
    there.emplace_back(key, held.incident);
    there.back().second.partners = reporters_.partners(held.item.reporters);
  }
  std::sort(there.begin(), there.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [key, incident] : there) {
    erase(key);
    insert(key, incident);
  }
}

void Engine::State::set_silences(std::vector<Silence> silences) {
  std::sort(silences.begin(), silences.end());
  if (silences == silences_) return;
  silences_ = std::move(silences);
  changed_ = true;
}

void Engine::State::apply(const Calibration& calibration) {
  std::erase_if(due_, [&](const Due& due) { return due.jurisdiction == calibration.jurisdiction; });
  if (Jurisdiction* jurisdiction = find(calibration.jurisdiction)) jurisdiction->apply(calibration);
  changed_ = true;
}

bool Engine::State::is_calibration_hour(Hour hour) const {
  const Hour local = time_zone_.local_hour(hour);
  return (local % kHoursOfDay + kHoursOfDay) % kHoursOfDay == kCalibrationHour;
}

void Engine::State::note_due(Hour from, Hour to) {
  bool night = false;
  for (Hour hour = std::max(from + 1, to - 2 * kHoursOfDay); hour <= to; ++hour) {
    night = night || is_calibration_hour(hour);
  }
  for (const Jurisdiction& jurisdiction : jurisdictions_) {
    const bool first = !jurisdiction.calibration().has_value();
    const auto noted = std::find_if(due_.begin(), due_.end(), [&](const Due& due) {
      return due.jurisdiction == jurisdiction.name();
    });
    if (noted != due_.end() && !night) continue;
    if (noted != due_.end()) due_.erase(noted);
    if ((night || first) && jurisdiction.needs_calibration()) {
      due_.push_back({jurisdiction.name(), version_});
    }
  }
  std::sort(due_.begin(), due_.end(),
            [](const Due& a, const Due& b) { return a.jurisdiction < b.jurisdiction; });
}

void Engine::State::forget(Day today) {
  const Day oldest = oldest_day(settings_, today);
  while (!by_day_.empty() && by_day_.begin()->first < oldest) {
    for (const model::RecordKey& key : by_day_.begin()->second) {
      const auto at = incidents_.find(key);
      if (at == incidents_.end()) continue;
      const Held& held = at->second;
      if (day_of(hour_of(held.incident.occurred)) != by_day_.begin()->first) continue;
      placement_.count(held.incident, false);
      incidents_.erase(at);
    }
    by_day_.erase(by_day_.begin());
  }
  for (Jurisdiction& jurisdiction : jurisdictions_) {
    jurisdiction.scan().forget(oldest * kHoursOfDay);
  }
}

bool Engine::State::advance(model::Version version, Instant as_of) {
  if (!is_tick_time(as_of) || (advanced_ && (version <= version_ || as_of < as_of_))) {
    throw std::logic_error("an engine was advanced to a tick that does not follow the last one");
  }
  const Hour hour = hour_of(as_of);
  const bool hour_rolled = !advanced_ || hour != hour_of(as_of_);
  const Hour before = advanced_ ? hour_of(as_of_) : hour;
  const bool changed = changed_ || hour_rolled;
  const bool day_rolled = !advanced_ || day_of(hour) != day_of(hour_of(as_of_));
  advanced_ = true;
  version_ = version;
  as_of_ = as_of;
  touched_.swap(touching_);
  touching_.clear();
  changed_ = false;
  late_findings_.clear();
  if (!changed) return false;
  if (hour_rolled) {
    for (Jurisdiction& jurisdiction : jurisdictions_) jurisdiction.scan().roll_to(hour);
  }
  // Not sooner: what is forgotten must have left the counts.
  if (day_rolled) forget(day_of(hour));
  find_all();
  for (const Jurisdiction& jurisdiction : jurisdictions_) {
    const auto late = find_late(jurisdiction, touched_, silences_);
    late_findings_.insert(late_findings_.end(), late.begin(), late.end());
  }
  note_due(before, hour);
  if (hour_rolled) {
    survey(day_rolled || is_new_local_day(before, hour));
  }
  if (placement_.take_news()) proposals_ = placement_.propose();
  return true;
}

void Engine::State::find_all() {
  bool differ = false;
  for (Jurisdiction& jurisdiction : jurisdictions_) differ |= jurisdiction.find(silences_);
  if (!differ) return;
  findings_.clear();
  for (const Jurisdiction& jurisdiction : jurisdictions_) {
    const auto& found = jurisdiction.findings();
    findings_.insert(findings_.end(), found.begin(), found.end());
  }
}

bool Engine::State::covers(const std::string& jurisdiction, const model::Zone& zone,
                           model::Cell cell) const {
  const Placed placed = placement_.place(cell);
  if (placement_.jurisdictions()[placed.jurisdiction] != jurisdiction) return false;
  if (zone == model::Zone{model::ZoneKind::kArea, model::Cell(), jurisdiction}) return true;
  return std::any_of(placed.site.named.begin(), placed.site.named.end(), [&](NamedZone named) {
    return placement_.named()[named] == zone;
  });
}

bool Engine::State::is_new_local_day(Hour before, Hour now) const {
  return std::any_of(jurisdictions_.begin(), jurisdictions_.end(), [&](const Jurisdiction& one) {
    const model::TimeZone& zone = one.scan().time_zone();
    return zone.local_day(before) != zone.local_day(now);
  });
}

// The jurisdiction itself, and its areas; names of other jurisdictions' areas are left empty.
std::vector<std::string> Engine::State::names_of(std::uint32_t jurisdiction,
                                                 std::vector<int>& thresholds) const {
  std::vector<std::string> names = {placement_.jurisdictions()[jurisdiction]};
  thresholds = {0};
  for (const NamedArea& area : settings_.areas) {
    names.push_back(area.jurisdiction == names.front() ? area.name : std::string());
    thresholds.push_back(area.fixed_threshold);
  }
  return names;
}

void Engine::State::survey(bool days_changed) {
  if (days_changed) {
    places_.clear();
    comparisons_.clear();
  }
  for (std::uint32_t i = 0; i < jurisdictions_.size(); ++i) {
    const Scan& scan = jurisdictions_[i].scan();
    if (!days_changed) {
      std::vector<int> thresholds;
      roll_comparisons(scan, names_of(i, thresholds), comparisons_);
      continue;
    }
    if (settings_.level_max >= kPlaceLevel) {
      const auto found = find_places(scan);
      places_.insert(places_.end(), found.begin(), found.end());
    }
    std::vector<int> thresholds;
    const auto names = names_of(i, thresholds);
    for (auto& comparison : compare_methods(scan, names, thresholds)) {
      if (!comparison.area.empty()) comparisons_.push_back(std::move(comparison));
    }
  }
  constexpr auto kById = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(places_.begin(), places_.end(), kById);
  std::sort(comparisons_.begin(), comparisons_.end(), kById);
}

std::optional<Instant> Engine::State::next_change() const {
  const bool nothing = incidents_.empty() && findings_.empty() && places_.empty() &&
                       comparisons_.empty() && due_.empty();
  if (!advanced_ || nothing) return std::nullopt;
  return start_of(hour_of(as_of_) + 1);
}

std::size_t Engine::State::bytes() const {
  std::size_t bytes = incidents_.bucket_count() *
                      (sizeof(model::RecordKey) + sizeof(Held) + 1 + sizeof(model::NameIndex));
  for (const auto& [day, keys] : by_day_) bytes += keys.capacity() * sizeof(model::RecordKey);
  for (const Jurisdiction& jurisdiction : jurisdictions_) bytes += jurisdiction.scan().bytes();
  return bytes;
}

}  // namespace commonwatch::hotspot
