// Where an incident is counted: its jurisdiction, its named areas, what operators said of its
// geocode; and which geocodes look as if an operator should say something. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hub/hotspot/settings.h"
#include "hub/hotspot/zone_table.h"
#include "hub/model/area.h"
#include "hub/model/decision.h"
#include "hub/model/place.h"
#include "hub/model/record.h"

namespace commonwatch::hotspot {

struct Placed {
  std::uint32_t jurisdiction = 0;
  SitePlace site;
};

class Placement {
 public:
  explicit Placement(const Settings& settings);

  // In order; the last is where no named area is, if there are any.
  const std::vector<std::string>& jurisdictions() const { return jurisdictions_; }
  // Areas and facilities by NamedZone; the first stands for the jurisdiction.
  const std::vector<model::Zone>& named() const { return named_; }
  // The middle of an area's vertices, or a facility's first geocode.
  const std::vector<model::LatLng>& centers() const { return centers_; }

  // Of a cell of model::kLeafLevel.
  Placed place(model::Cell cell) const;
  // False if that stood already.
  bool decide(const model::SiteDecision& decision);
  // In order of cell.
  std::vector<model::SiteDecision> decisions() const;

  // Counts an incident at its geocode, or takes it back.
  void count(const model::Incident& incident, bool add);
  // Geocodes with at least settings.proposal_persons_min persons of which nothing was decided, in
  // order of id. A placeholder is proposed where most records bear no area code though most
  // elsewhere do; else a facility.
  std::vector<model::Proposal> propose() const;
  // Whether `propose` may give something else than when this was asked last.
  bool take_news() { return std::exchange(news_, false); }

 private:
  struct Geocode {
    std::uint32_t persons = 0;
    std::uint32_t incidents = 0;
    std::uint32_t unnamed = 0;
  };
  void add_facility(const std::string& name);
  void center_facilities();
  bool codes_tell() const;

  const Settings& settings_;
  std::vector<std::string> jurisdictions_;
  std::vector<model::Zone> named_;
  std::vector<model::LatLng> centers_;                // of named_
  std::vector<model::Area> areas_;                    // as settings.areas
  std::vector<std::uint32_t> area_jurisdictions_;     // of each
  std::map<model::Cell, model::SiteDecision> decided_;
  boost::unordered_flat_map<model::Cell, Geocode, std::hash<model::Cell>> geocodes_;
  std::set<model::Cell> busy_;  // those with enough persons
  Geocode all_;
  bool news_ = true;
};

}  // namespace commonwatch::hotspot
