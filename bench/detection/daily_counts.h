// Incidents a day, of the county and of its cells of level 11 (about 4 km wide): what the daily
// methods see.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "hub/hotspot/hours.h"
#include "hub/model/cell.h"

namespace commonwatch::detection {

inline constexpr int kDailyLevel = 11;

class DailyCounts {
 public:
  // `cell` is of a finer level.
  void add(model::Cell cell, hotspot::Day day, int change);
  // The last days, oldest first, `day` the last of them; of the county where there is no cell.
  std::vector<std::uint32_t> until(model::Cell cell, hotspot::Day day, std::size_t days) const;

 private:
  std::map<model::Cell, std::map<hotspot::Day, std::uint32_t>> counts_;
};

}  // namespace commonwatch::detection
