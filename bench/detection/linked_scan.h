// Reports as they come, through linkage into the hub's own scan. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "bench/detection/daily_counts.h"
#include "bench/detection/report.h"
#include "hub/hotspot/scan.h"
#include "hub/linkage/linker.h"

namespace commonwatch::detection {

class LinkedScan {
 public:
  // `settings` outlives it. Time zone: UTC.
  explicit LinkedScan(const hotspot::Settings& settings);
  LinkedScan(const LinkedScan&) = delete;
  LinkedScan& operator=(const LinkedScan&) = delete;

  // Goes on where `other` is, and leaves that as it is. Linkage knows only what is in `recent`, of
  // which all is in `other`: enough of it that nothing older can change.
  LinkedScan(const LinkedScan& other, std::span<const Report> recent);

  // Incidents that a report made or moved, at the cells where they are now.
  const std::vector<model::Cell>& apply(const Report& report);
  // At once, in order.
  void apply_all(std::span<const Report> reports);
  void roll_to(hotspot::Hour hour) { scan_.roll_to(hour); }

  hotspot::Scan& scan() { return scan_; }
  const hotspot::Scan& scan() const { return scan_; }
  hotspot::SiteIndex site_of(model::Cell cell) { return scan_.site_of({cell, {}}); }
  // Of incidents, by the day in which they occurred; after going on, of those in `recent`.
  const DailyCounts& days() const { return days_; }

 private:
  struct Held {
    hotspot::Hour hour = 0;
    hotspot::Item item;
    model::Cell cell;
  };
  static hotspot::ReporterSets both_agencies();
  Held hold(const model::Incident& incident);
  void take_changes(bool count);

  hotspot::ReporterSets reporters_;
  hotspot::Scan scan_;
  linkage::Linker linker_;
  std::map<model::RecordKey, Held> held_;
  DailyCounts days_;
  std::vector<model::Cell> changed_;
};

}  // namespace commonwatch::detection
