#include "hub/hotspot/selection.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <tuple>

namespace commonwatch::hotspot {
namespace {

constexpr double kShareOfBest = 0.9;

struct Candidate {
  Exceedance exceedance;
  std::vector<model::Cell> cells;
  double size = 0;
};

Candidate make_candidate(const Exceedance& exceedance, const ZoneTable& zones) {
  const model::Zone zone = zones.zone(exceedance.zone);
  Candidate candidate{exceedance, {zone.cell}, model::zone_size(zone)};
  if (zone.kind == model::ZoneKind::kBlock) {
    const auto around = zone.cell.neighbors();
    candidate.cells.insert(candidate.cells.end(), around.begin(), around.end());
  }
  return candidate;
}

// Ground that is taken.
class Claims {
 public:
  explicit Claims(int level_min) : level_min_(level_min) {}

  void claim(const Candidate& candidate) {
    for (const model::Cell cell : candidate.cells) {
      claimed_.insert(cell.id());
      for (int level = cell.level(); level >= level_min_; --level) {
        above_.insert(cell.parent(level).id());
      }
    }
  }
  bool touches(const Candidate& candidate) const {
    return std::any_of(candidate.cells.begin(), candidate.cells.end(), [this](model::Cell cell) {
      if (above_.contains(cell.id())) return true;
      for (int level = cell.level(); level >= level_min_; --level) {
        if (claimed_.contains(cell.parent(level).id())) return true;
      }
      return false;
    });
  }

 private:
  int level_min_;
  boost::unordered_flat_set<std::uint64_t> claimed_;
  boost::unordered_flat_set<std::uint64_t> above_;  // claimed cells and what holds them
};

bool is_better(const Candidate& a, const Candidate& b) {
  if (a.exceedance.score != b.exceedance.score) return a.exceedance.score > b.exceedance.score;
  return std::tie(a.size, a.cells.front()) < std::tie(b.size, b.cells.front());
}

bool is_smaller(const Candidate& a, const Candidate& b) {
  if (a.size != b.size) return a.size < b.size;
  return is_better(a, b);
}

// Of the candidates from `lead` on, in order of score.
const Candidate& smallest_alike(const std::vector<Candidate>& candidates, std::size_t lead,
                                const Claims& taken) {
  Claims ground(model::kTileLevel);
  ground.claim(candidates[lead]);
  const double enough = kShareOfBest * candidates[lead].exceedance.score;
  std::size_t best = lead;
  for (std::size_t i = lead + 1; i < candidates.size(); ++i) {
    if (candidates[i].exceedance.score < enough) break;
    if (!is_smaller(candidates[i], candidates[best])) continue;
    if (ground.touches(candidates[i]) && !taken.touches(candidates[i])) best = i;
  }
  return candidates[best];
}

}  // namespace

std::vector<Exceedance> select(const std::vector<Exceedance>& exceedances,
                               const ZoneTable& zones) {
  std::vector<Exceedance> selected;
  std::vector<Candidate> candidates;
  for (const Exceedance& exceedance : exceedances) {
    if (zones.is_named(exceedance.zone)) {
      selected.push_back(exceedance);
    } else {
      candidates.push_back(make_candidate(exceedance, zones));
    }
  }
  std::sort(candidates.begin(), candidates.end(), is_better);
  Claims taken(model::kTileLevel);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (taken.touches(candidates[i])) continue;
    const Candidate& chosen = smallest_alike(candidates, i, taken);
    taken.claim(chosen);
    selected.push_back(chosen.exceedance);
  }
  return selected;
}

}  // namespace commonwatch::hotspot
