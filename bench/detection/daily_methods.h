// The methods that judge a daily series, each by the rest of the series before the day.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/detection/outbreak_score.h"

namespace commonwatch::detection {

struct DailyMethod {
  std::string key;
  double threshold = 0;  // the nominal one
  // Of the last kScoredDays days of the series, which is longer.
  Statistic (*statistic)(std::span<const std::uint32_t> series);
};

// `commonwatch` first, then EARS.
const std::vector<DailyMethod>& daily_methods();

}  // namespace commonwatch::detection
