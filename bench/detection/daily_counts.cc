#include "bench/detection/daily_counts.h"

namespace commonwatch::detection {

void DailyCounts::add(model::Cell cell, hotspot::Day day, int change) {
  counts_[model::Cell()][day] += static_cast<std::uint32_t>(change);
  counts_[cell.parent(kDailyLevel)][day] += static_cast<std::uint32_t>(change);
}

std::vector<std::uint32_t> DailyCounts::until(model::Cell cell, hotspot::Day day,
                                              std::size_t days) const {
  std::vector<std::uint32_t> counts(days);
  const auto of_cell =
      counts_.find(cell.is_valid() ? cell.parent(kDailyLevel) : model::Cell());
  if (of_cell == counts_.end()) return counts;
  const hotspot::Day first = day + 1 - static_cast<hotspot::Day>(days);
  for (auto at = of_cell->second.lower_bound(first);
       at != of_cell->second.end() && at->first <= day; ++at) {
    counts[static_cast<std::size_t>(at->first - first)] = at->second;
  }
  return counts;
}

}  // namespace commonwatch::detection
