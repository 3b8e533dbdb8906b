#include "hub/hotspot/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "hub/model/zone.h"

namespace commonwatch::hotspot {
namespace {

// Days; what is rarer than the last is "over 10 years".
constexpr std::array<double, 19> kIntervals = {7,   10,  14,  20,  30,  45,   70,   100,  140, 200,
                                               280, 365, 520, 730, 1000, 1400, 2000, 2700, 3650};
static_assert(kIntervals.back() == model::kIntervalDaysMax);
// While a log is young, a replicate scores no more than its exposure grows by in that time.
constexpr int kYoungScoredDaysMin = 14;
constexpr int kYoungShare = 4;

// Where `value` lies between from[i] and from[i + 1], carried over to the other list.
double interpolate(double value, const std::vector<double>& from, const std::vector<double>& to) {
  const auto above = std::upper_bound(from.begin(), from.end(), value);
  if (above == from.begin()) return to.front();
  if (above == from.end()) return to.back();
  const auto i = static_cast<std::size_t>(above - from.begin()) - 1;
  const double width = from[i + 1] - from[i];
  const double share = width > 0 ? (value - from[i]) / width : 0;
  return to[i] + share * (to[i + 1] - to[i]);
}

std::vector<double> logarithms(std::vector<double> values) {
  for (double& value : values) value = std::log(value);
  return values;
}

}  // namespace

double interval_of(const Calibration& calibration, double score) {
  if (calibration.scores.empty() || score < calibration.scores.front()) return 0;
  if (score >= calibration.scores.back()) return model::kIntervalDaysMax;
  return std::exp(
      interpolate(score, calibration.scores, logarithms(calibration.interval_days)));
}

double score_of(const Calibration& calibration, double interval_days) {
  return interpolate(std::log(interval_days), logarithms(calibration.interval_days),
                     calibration.scores);
}

int NullModel::scored_days() const {
  if (exposure_days >= settings.trailing_days) return settings.trailing_days;
  return std::max(kYoungScoredDaysMin, exposure_days / kYoungShare);
}

int NullModel::replicates() const {
  return (settings.null_days + scored_days() - 1) / scored_days();
}

Calibration calibrate(const NullModel& model, std::vector<double> maxima) {
  std::sort(maxima.begin(), maxima.end(), std::greater<>());
  Calibration calibration{model.jurisdiction, model.due, model.seed, model.exposure_days,
                          static_cast<int>(maxima.size()), model.rate_per_day, {}, {}};
  for (const double interval : kIntervals) {
    // So many of the days reach the score.
    const double days = static_cast<double>(maxima.size()) / interval;
    if (days < 1) break;
    const auto below = static_cast<std::size_t>(days);
    const double share = days - static_cast<double>(below);
    const double high = maxima[below - 1];
    const double low = below < maxima.size() ? maxima[below] : 0;
    calibration.scores.push_back(high + share * (low - high));
    calibration.interval_days.push_back(interval);
  }
  return calibration;
}

}  // namespace commonwatch::hotspot
