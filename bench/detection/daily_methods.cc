#include "bench/detection/daily_methods.h"

#include <limits>
#include <optional>

#include "hub/statistics/ears.h"
#include "hub/statistics/temporal.h"

namespace commonwatch::detection {
namespace {

using Counts = std::span<const std::uint32_t>;
constexpr double kNone = -std::numeric_limits<double>::infinity();

// The smaller the p-value, the more unusual.
Statistic minus_p_value(Counts series) {
  statistics::TemporalDetector detector;
  Statistic statistic;
  statistic.reserve(kScoredDays);
  const std::size_t unscored = series.size() - kScoredDays;
  for (std::size_t day = 0; day < series.size(); ++day) {
    const auto judgement = detector.judge(series[day]);
    if (day >= unscored) statistic.push_back(judgement ? -judgement->p_value : kNone);
  }
  return statistic;
}

template <std::optional<double> (*Chart)(Counts, double)>
Statistic ears(Counts series) {
  Statistic statistic;
  statistic.reserve(kScoredDays);
  for (std::size_t day = series.size() - kScoredDays; day < series.size(); ++day) {
    statistic.push_back(Chart(series.first(day + 1), 0).value_or(kNone));
  }
  return statistic;
}

}  // namespace

const std::vector<DailyMethod>& daily_methods() {
  static const std::vector<DailyMethod> methods = {
      {"commonwatch", -statistics::kTemporalThreshold, &minus_p_value},
      {"ears_c1", statistics::kEarsC1Threshold, &ears<&statistics::ears_c1>},
      {"ears_c2", statistics::kEarsC2Threshold, &ears<&statistics::ears_c2>},
      {"ears_c3", statistics::kEarsC3Threshold, &ears<&statistics::ears_c3>},
  };
  return methods;
}

}  // namespace commonwatch::detection
