#include "hub/hotspot/placement.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::hotspot {
namespace {

// Of the records at a geocode that bear no area code.
constexpr double kPlaceholderShare = 0.5;
// Where so many bear none anyway, it says nothing.
constexpr double kUnnamedShareMax = 0.25;

double share(std::uint32_t part, std::uint32_t of) {
  return of == 0 ? 0 : static_cast<double>(part) / of;
}

model::LatLng middle(const std::vector<model::LatLng>& polygon) {
  constexpr double kMicroDegrees = 1e6;
  model::LatLng sum;
  for (const model::LatLng& vertex : polygon) {
    sum.latitude += vertex.latitude;
    sum.longitude += vertex.longitude;
  }
  const auto count = static_cast<double>(polygon.size());
  return {std::round(sum.latitude / count * kMicroDegrees) / kMicroDegrees,
          std::round(sum.longitude / count * kMicroDegrees) / kMicroDegrees};
}

model::Area make_area(const NamedArea& named) {
  model::AreaRequest request;
  request.polygon = named.polygon;
  return model::Area::make(request, Limits{}).value();
}

}  // namespace

Placement::Placement(const Settings& settings) : settings_(settings), named_(1), centers_(1) {
  for (const NamedArea& area : settings.areas) {
    areas_.push_back(make_area(area));
    named_.push_back({model::ZoneKind::kArea, model::Cell(), area.name});
    centers_.push_back(middle(area.polygon));
    const auto at = std::find(jurisdictions_.begin(), jurisdictions_.end(), area.jurisdiction);
    area_jurisdictions_.push_back(static_cast<std::uint32_t>(at - jurisdictions_.begin()));
    if (at == jurisdictions_.end()) jurisdictions_.push_back(area.jurisdiction);
  }
  jurisdictions_.emplace_back(kWholeJurisdiction);
}

void Placement::add_facility(const std::string& name) {
  model::Zone zone{model::ZoneKind::kFacility, model::Cell(), name};
  if (std::find(named_.begin() + 1, named_.end(), zone) != named_.end()) return;
  named_.push_back(std::move(zone));
  centers_.emplace_back();
}

// Each at the first of its cells, whichever was decided first.
void Placement::center_facilities() {
  for (std::size_t i = areas_.size() + 1; i < named_.size(); ++i) {
    const auto at = std::find_if(decided_.begin(), decided_.end(), [&](const auto& decided) {
      return decided.second.kind == model::SiteKind::kFacility &&
             decided.second.name == named_[i].name;
    });
    centers_[i] = at == decided_.end()
                      ? model::LatLng{}
                      : model::zone_center({model::ZoneKind::kCell, at->first, {}});
  }
}

Placed Placement::place(model::Cell cell) const {
  Placed placed{static_cast<std::uint32_t>(jurisdictions_.size() - 1), {cell, {}}};
  bool known = false;
  if (!areas_.empty()) {
    const model::LatLng center = cell.center();
    for (std::size_t i = 0; i < areas_.size(); ++i) {
      if (known && area_jurisdictions_[i] != placed.jurisdiction) continue;
      if (!areas_[i].contains(center)) continue;
      known = true;
      placed.jurisdiction = area_jurisdictions_[i];
      placed.site.named.push_back(static_cast<NamedZone>(i + 1));
    }
  }
  const auto decided = decided_.find(cell);
  if (decided == decided_.end()) return placed;
  if (decided->second.kind == model::SiteKind::kPlaceholder) placed.site = {};
  if (decided->second.kind == model::SiteKind::kFacility) {
    const model::Zone zone{model::ZoneKind::kFacility, model::Cell(), decided->second.name};
    const auto at = std::find(named_.begin() + 1, named_.end(), zone);
    placed.site.named.push_back(static_cast<NamedZone>(at - named_.begin()));
  }
  return placed;
}

bool Placement::decide(const model::SiteDecision& decision) {
  auto& known = decided_[decision.cell];
  if (known == decision) return false;
  known = decision;
  news_ = true;
  if (decision.kind == model::SiteKind::kFacility) add_facility(decision.name);
  center_facilities();
  return true;
}

std::vector<model::SiteDecision> Placement::decisions() const {
  std::vector<model::SiteDecision> decisions;
  for (const auto& [cell, decision] : decided_) decisions.push_back(decision);
  return decisions;
}

void Placement::count(const model::Incident& incident, bool add) {
  const std::uint32_t sign = add ? 1U : ~0U;
  const auto enough = static_cast<std::uint32_t>(settings_.proposal_persons_min);
  const bool told = codes_tell();
  Geocode& geocode = geocodes_[incident.cell];
  // A coarser place, which is all that is left of a reduced report, is no geocode.
  const bool is_geocode = incident.cell.level() == model::kLeafLevel;
  news_ = news_ || (is_geocode && geocode.persons >= enough);
  for (Geocode* to : {&geocode, &all_}) {
    to->persons += sign * incident.persons;
    to->incidents += sign;
    if (!incident.has_area_code) to->unnamed += sign;
  }
  news_ = news_ || told != codes_tell();
  if (is_geocode && geocode.persons >= enough) {
    news_ = true;
    busy_.insert(incident.cell);
  } else if (!add) {
    busy_.erase(incident.cell);
  }
  if (geocode.incidents == 0) geocodes_.erase(incident.cell);
}

// Whether the lack of an area code says something.
bool Placement::codes_tell() const {
  return share(all_.unnamed, all_.incidents) < kUnnamedShareMax;
}

std::vector<model::Proposal> Placement::propose() const {
  std::vector<model::Proposal> proposals;
  const bool tell = codes_tell();
  for (const model::Cell cell : busy_) {
    if (decided_.contains(cell)) continue;
    const Geocode& geocode = geocodes_.at(cell);
    const double unnamed = share(geocode.unnamed, geocode.incidents);
    model::Proposal proposal;
    proposal.id = "proposal:" + cell.token();
    proposal.kind = tell && unnamed > kPlaceholderShare ? model::ProposalKind::kPlaceholder
                                                        : model::ProposalKind::kFacility;
    proposal.cell = cell;
    proposal.center = model::zone_center({model::ZoneKind::kCell, cell, {}});
    proposal.persons = geocode.persons;
    proposal.share_unnamed = std::round(unnamed * 1000) / 1000;
    proposals.push_back(std::move(proposal));
  }
  std::sort(proposals.begin(), proposals.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return proposals;
}

}  // namespace commonwatch::hotspot
