// One jurisdiction: its scan, its calibration, and what it shows. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/placement.h"
#include "hub/hotspot/scan.h"

namespace commonwatch::hotspot {

// Asked for while there is no calibration: nothing reaches it.
inline constexpr double kWithoutCalibration = 1e6;

class Jurisdiction {
 public:
  // What is given by reference outlives the jurisdiction.
  Jurisdiction(std::string name, const Settings& settings, const ReporterSets& reporters,
               const model::NameTable& partners, const Placement& placement);

  const std::string& name() const { return name_; }
  Scan& scan() { return scan_; }
  const Scan& scan() const { return scan_; }
  const Settings& settings() const { return settings_; }
  const std::optional<Calibration>& calibration() const { return calibration_; }
  // The zone with the name that it is shown by.
  model::Zone zone_at(ZoneIndex index) const;
  // Where incidents of the cell are counted; nothing if that is elsewhere.
  std::optional<SiteIndex> site_of(model::Cell cell) const;
  double note_score() const { return note_score_; }
  void apply(const Calibration& calibration);

  // Looks again; false: the findings are those of the last time.
  bool find(const std::vector<Silence>& silences);
  // What is beyond the note level at the scan's hour, in order of id; empty without a calibration.
  const std::vector<Finding>& findings() const { return findings_; }
  Inspection inspect(const model::Zone& zone, std::uint32_t window_hours, Hour end,
                     const std::vector<Silence>& silences) const;
  std::vector<Part> parts(std::span<const model::Zone> zones, std::uint32_t window_hours,
                          Hour end) const;
  // Whether a calibration is to be made, by what is known now.
  bool needs_calibration() const;
  NullModel null_model(model::Version due, const std::vector<Excluded>& excluded) const;

 private:
  // The items of a zone in a span, in order of time.
  template <class Visit>
  void for_each(ZoneIndex zone, Hour from, Hour to, Visit visit) const;
  model::LatLng center_of(const model::Zone& zone) const;
  std::optional<ZoneIndex> index_of(const model::Zone& zone) const;
  std::vector<model::Zone> names_of(const SitePlace& place) const;
  model::Hotspot make_hotspot(const Exceedance& exceedance) const;
  void describe(model::Hotspot& hotspot, ZoneIndex zone, Hour end) const;
  // The findings, made from the exceedances in their order.
  void describe(const std::vector<Exceedance>& selected);
  void grade(model::Hotspot& hotspot, double score) const;
  Counts trailing_at(ZoneIndex zone, Hour end) const;
  void fill_permutation(model::Evidence& evidence, const std::optional<ZoneIndex>& zone, Hour from,
                        Hour end, std::uint32_t history, std::uint32_t count) const;
  void fill_agencies(model::Evidence& evidence, const std::optional<ZoneIndex>& zone, Hour from,
                     Hour end, const std::vector<Silence>& silences) const;

  std::string name_;
  const Settings& settings_;
  const model::NameTable& partners_;
  const Placement& placement_;
  Scan scan_;
  std::optional<Calibration> calibration_;
  double note_score_ = 0;
  double watch_score_ = 0;
  double alert_score_ = 0;
  std::vector<Finding> findings_;
  std::vector<std::uint32_t> finding_of_;  // by zone, while findings are described
  std::optional<std::uint64_t> found_;  // revision of the scan that they are of
};

}  // namespace commonwatch::hotspot
