#include "bench/detection/linked_scan.h"

namespace commonwatch::detection {

hotspot::ReporterSets LinkedScan::both_agencies() {
  // In a fixed order, so that what is copied means the same.
  hotspot::ReporterSets reporters;
  for (const auto& partners : {std::vector<model::NameIndex>{0}, {0, 1}, {1}}) {
    reporters.index_of(partners);
  }
  return reporters;
}

LinkedScan::LinkedScan(const hotspot::Settings& settings)
    : reporters_(both_agencies()),
      scan_(settings, reporters_, model::TimeZone(),
            hotspot::ZoneTable(settings.level_min, settings.level_max)) {}

// The copied scan keeps to the other's reporter sets, which are the same.
LinkedScan::LinkedScan(const LinkedScan& other, std::span<const Report> recent)
    : reporters_(both_agencies()), scan_(other.scan_) {
  for (const Report& report : recent) linker_.apply(report.key, 1, report.record);
  take_changes(false);
}

LinkedScan::Held LinkedScan::hold(const model::Incident& incident) {
  return {hotspot::hour_of(incident.occurred),
          {site_of(incident.cell), incident.persons, incident.fatal,
           static_cast<std::uint16_t>(hotspot::second_in_hour(incident.occurred)),
           reporters_.index_of(incident.partners),
           hotspot::delay_bin(incident.first_recorded - incident.occurred)},
          incident.cell};
}

void LinkedScan::take_changes(bool count) {
  changed_.clear();
  for (const linkage::IncidentChange& change : linker_.take_changes()) {
    if (const auto at = held_.find(change.key); at != held_.end()) {
      const Held& was = at->second;
      if (count) scan_.remove(was.hour, was.item);
      days_.add(was.cell, hotspot::day_of(was.hour), -static_cast<int>(was.item.persons));
      held_.erase(at);
    }
    if (!change.incident) continue;
    const Held& is = held_.emplace(change.key, hold(*change.incident)).first->second;
    if (count) scan_.add(is.hour, is.item);
    days_.add(is.cell, hotspot::day_of(is.hour), static_cast<int>(is.item.persons));
    changed_.push_back(is.cell);
  }
}

const std::vector<model::Cell>& LinkedScan::apply(const Report& report) {
  linker_.apply(report.key, 1, report.record);
  take_changes(true);
  return changed_;
}

void LinkedScan::apply_all(std::span<const Report> reports) {
  for (const Report& report : reports) linker_.apply(report.key, 1, report.record);
  take_changes(true);
}

}  // namespace commonwatch::detection
