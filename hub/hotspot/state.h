// What is behind `Engine`: the incidents, where each is counted, and the jurisdictions.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/jurisdiction.h"
#include "hub/hotspot/placement.h"
#include "hub/model/time_zone.h"

namespace commonwatch::hotspot {

class Engine::State {
 public:
  State(Settings settings, const model::NameTable& partners);
  State(const State&) = delete;  // its parts refer to each other
  State& operator=(const State&) = delete;

  void apply(const model::RecordKey& key, const std::optional<model::Incident>& now);
  void decide(const model::SiteDecision& decision);
  void set_silences(std::vector<Silence> silences);
  void apply(const Calibration& calibration);
  bool advance(model::Version version, Instant as_of);

  const std::vector<Finding>& findings() const { return findings_; }
  const std::vector<LateFinding>& late_findings() const { return late_findings_; }
  const std::vector<model::Proposal>& proposals() const { return proposals_; }
  const std::vector<model::Place>& places() const { return places_; }
  const std::vector<model::Comparison>& comparisons() const { return comparisons_; }
  const std::vector<Touch>& touched() const { return touched_; }
  Jurisdiction* find(const std::string& name);
  const std::vector<Silence>& silences() const { return silences_; }
  bool covers(const std::string& jurisdiction, const model::Zone& zone, model::Cell cell) const;
  std::optional<Instant> next_change() const;
  const std::vector<Due>& due() const { return due_; }
  bool is_calibration_hour(Hour hour) const;

  std::vector<model::SiteDecision> site_decisions() const { return placement_.decisions(); }
  const Settings& settings() const { return settings_; }
  model::Version version() const { return version_; }
  Instant as_of() const { return as_of_; }
  std::size_t incidents() const { return incidents_.size(); }
  std::size_t bytes() const;
  std::string checkpoint() const;
  Result<void> restore(std::string_view bytes);

 private:
  // An incident, and where it is counted. Its partners are those of the item.
  struct Held {
    model::Incident incident;
    std::uint32_t jurisdiction = 0;
    Item item;
  };
  void insert(const model::RecordKey& key, const model::Incident& incident);
  void erase(const model::RecordKey& key);
  void note_change(const model::Incident& incident);
  void forget(Day today);
  bool is_new_local_day(Hour before, Hour now) const;
  void find_all();
  // Places and comparisons are made at the turn of a day; only the rolling counts move each hour.
  void survey(bool days_changed);
  std::vector<std::string> names_of(std::uint32_t jurisdiction, std::vector<int>& thresholds) const;
  void note_due(Hour from, Hour to);
  void settle(model::Version version, Instant as_of);

  Settings settings_;
  model::TimeZone time_zone_;
  const model::NameTable& partners_;
  ReporterSets reporters_;
  Placement placement_;
  std::vector<Jurisdiction> jurisdictions_;
  boost::unordered_flat_map<model::RecordKey, Held, std::hash<model::RecordKey>> incidents_;
  std::map<Day, std::vector<model::RecordKey>> by_day_;  // may name those that are gone
  std::vector<Silence> silences_;

  bool advanced_ = false;
  bool changed_ = false;
  model::Version version_;
  Instant as_of_{};
  std::vector<Finding> findings_;
  std::vector<LateFinding> late_findings_;
  std::vector<model::Proposal> proposals_;
  std::vector<model::Place> places_;
  std::vector<model::Comparison> comparisons_;
  std::vector<Touch> touched_;
  std::vector<Touch> touching_;
  std::vector<Due> due_;
};

}  // namespace commonwatch::hotspot
