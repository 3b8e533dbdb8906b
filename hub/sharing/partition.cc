#include "hub/sharing/partition.h"

#include <algorithm>
#include <map>
#include <set>

namespace commonwatch::sharing {
namespace {

using Zone = Partition::Zone;

bool by_cell(const Zone& zone, model::Cell cell) { return zone.cell < cell; }

// The zones inside `parent` as one.
void replace(std::vector<Zone>& zones, model::Cell parent) {
  Zone merged{parent, 0, true};
  for (const Zone& zone : zones) {
    if (parent.contains(zone.cell)) merged.population += zone.population;
  }
  std::erase_if(zones, [&](const Zone& zone) { return parent.contains(zone.cell); });
  zones.insert(std::lower_bound(zones.begin(), zones.end(), parent, by_cell), merged);
}

}  // namespace

Partition::Partition(const PublicationSettings& settings, int level, std::uint64_t floor)
    : coarsest_level_(settings.coarsest_level) {
  std::map<model::Cell, std::uint64_t> ground;
  for (const Population& entry : settings.population) {
    const bool finer = entry.cell.level() > level;
    ground[finer ? entry.cell.parent(level) : entry.cell] += entry.persons;
  }
  for (const auto& [cell, population] : ground) zones_.push_back({cell, population, true});
  for (int at = level; at > coarsest_level_; --at) {
    std::set<model::Cell> parents;
    for (const Zone& zone : zones_) {
      if (zone.cell.level() == at && zone.population < floor) {
        parents.insert(zone.cell.parent(at - 1));
      }
    }
    for (const model::Cell parent : parents) replace(zones_, parent);
  }
  for (Zone& zone : zones_) zone.publishable = zone.population >= floor;
}

std::optional<model::Cell> Partition::zone_of(model::Cell cell) const {
  // Disjoint cells in order of id: the one that holds it is the first not below it, or the last
  // below.
  const auto next = std::lower_bound(zones_.begin(), zones_.end(), cell, by_cell);
  if (next != zones_.end() && next->cell.contains(cell)) return next->cell;
  if (next != zones_.begin() && std::prev(next)->cell.contains(cell)) return std::prev(next)->cell;
  return std::nullopt;
}

const Partition::Zone* Partition::find(model::Cell zone) const {
  const auto found = std::lower_bound(zones_.begin(), zones_.end(), zone, by_cell);
  return found == zones_.end() || found->cell != zone ? nullptr : &*found;
}

Partition Partition::coarsened(const std::function<bool(model::Cell)>& keep) const {
  std::set<std::pair<int, model::Cell>> parents;  // finest first
  for (const Zone& zone : zones_) {
    const int level = zone.cell.level();
    if (level > coarsest_level_) parents.insert({-(level - 1), zone.cell.parent(level - 1)});
  }
  Partition coarser = *this;
  for (const auto& entry : parents) {
    const model::Cell parent = entry.second;
    const auto inside = [&](const Zone& zone) { return parent.contains(zone.cell); };
    // All as they stand now: what went up already stays there for this time.
    const bool merges =
        std::all_of(coarser.zones_.begin(), coarser.zones_.end(), [&](const Zone& zone) {
          return !inside(zone) || (find(zone.cell) != nullptr && !keep(zone.cell));
        });
    if (merges) replace(coarser.zones_, parent);
  }
  return coarser;
}

Partition Partition::restored(std::vector<Zone> zones, int coarsest_level) {
  Partition partition;
  partition.zones_ = std::move(zones);
  partition.coarsest_level_ = coarsest_level;
  return partition;
}

}  // namespace commonwatch::sharing
