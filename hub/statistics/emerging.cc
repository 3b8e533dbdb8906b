#include "hub/statistics/emerging.h"

#include <algorithm>

namespace commonwatch::statistics {
namespace {

// How many slices at the end are hot without a break.
std::size_t final_run(std::span<const SliceState> slices) {
  std::size_t run = 0;
  while (run < slices.size() && slices[slices.size() - 1 - run] == SliceState::kHot) ++run;
  return run;
}

EmergingPattern by_trend(const MannKendall& trend) {
  if (!(trend.p < kTrendSignificance)) return EmergingPattern::kPersistent;
  return trend.s > 0 ? EmergingPattern::kIntensifying : EmergingPattern::kDiminishing;
}

}  // namespace

EmergingPattern emerging_pattern(std::span<const SliceState> slices, const MannKendall& trend) {
  if (slices.size() < kEmergingSlicesMin) return EmergingPattern::kUnspecified;
  const auto hot = static_cast<std::size_t>(std::ranges::count(slices, SliceState::kHot));
  const bool mostly_hot = 10 * hot >= 9 * slices.size();
  const std::size_t run = final_run(slices);
  if (run == 0) return mostly_hot ? EmergingPattern::kHistorical : EmergingPattern::kNoPattern;
  if (mostly_hot) return by_trend(trend);
  if (hot == run) return run == 1 ? EmergingPattern::kNew : EmergingPattern::kConsecutive;
  const bool ever_cold = std::ranges::find(slices, SliceState::kCold) != slices.end();
  return ever_cold ? EmergingPattern::kOscillating : EmergingPattern::kSporadic;
}

}  // namespace commonwatch::statistics
