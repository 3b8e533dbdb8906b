#include "bench/detection/methods.h"

#include <algorithm>
#include <cmath>

#include "hub/statistics/ears.h"

namespace commonwatch::detection {
namespace {

// Lower scores are reached every few days.
constexpr double kScoreMin = 4;
constexpr double kDeviationMin = 0.5;
constexpr std::size_t kUsualDays = 365;
constexpr int kRuleHours = 24;

double highest(const std::vector<hotspot::Exceedance>& exceedances) {
  double score = 0;
  for (const hotspot::Exceedance& exceedance : exceedances) {
    score = std::max(score, exceedance.score);
  }
  return score;
}

}  // namespace

UsualDay usual_day(const DailyCounts& days, hotspot::Day today) {
  const std::vector<std::uint32_t> counts = days.until(model::Cell(), today - 1, kUsualDays);
  UsualDay usual;
  for (const std::uint32_t count : counts) usual.mean += count;
  usual.mean /= kUsualDays;
  for (const std::uint32_t count : counts) {
    usual.deviation += (count - usual.mean) * (count - usual.mean);
  }
  usual.deviation = std::sqrt(usual.deviation / (kUsualDays - 1));
  return usual;
}

Methods::Methods(const hotspot::Settings& settings, LinkedScan& linked)
    : settings_(settings), linked_(linked), permutation_(settings, linked.scan()) {}

void Methods::apply(const Report& report) {
  changed_ = linked_.apply(report);
  for (const model::Cell cell : changed_) permutation_.note(linked_.site_of(cell));
}

double Methods::c2_of(model::Cell cell) const {
  const auto counts = linked_.days().until(cell, hotspot::day_of(*linked_.scan().now()),
                                           statistics::kEarsC2Days);
  return statistics::ears_c2(counts, kDeviationMin).value_or(0);
}

double Methods::county_rule() const {
  const auto all = linked_.scan().zones().find({model::ZoneKind::kArea, model::Cell(), {}}, 0);
  const auto window = std::find(settings_.windows_hours.begin(), settings_.windows_hours.end(),
                                kRuleHours) -
                      settings_.windows_hours.begin();
  const auto count =
      all ? linked_.scan().zones().counts(*all).n[static_cast<std::size_t>(window)] : 0;
  return (count - usual_.mean) / usual_.deviation;
}

Values Methods::values() {
  Values values{};
  values[kScan] = linked_.scan().maximum(kScoreMin);
  values[kPermutation] = highest(permutation_.exceedances(kScoreMin));
  for (const model::Cell cell : changed_) {
    values[kC2Cell] = std::max(values[kC2Cell], c2_of(cell));
  }
  if (!changed_.empty()) values[kC2County] = c2_of(model::Cell());
  values[kCountyRule] = county_rule();
  changed_.clear();
  return values;
}

bool Methods::any_covered(const std::vector<hotspot::Exceedance>& exceedances,
                          const Covers& covers) const {
  const hotspot::Hour end = *linked_.scan().now() + 1;
  return std::any_of(exceedances.begin(), exceedances.end(),
                     [&](const hotspot::Exceedance& exceedance) {
                       return covers(exceedance.zone,
                                     end - settings_.windows_hours[exceedance.window]);
                     });
}

std::array<bool, kMethods> Methods::alarms(const Thresholds& thresholds, const Covers& covers,
                                           const CoversCell& covers_cell) {
  std::array<bool, kMethods> alarms{};
  const hotspot::Day today = hotspot::day_of(*linked_.scan().now());
  alarms[kScan] = any_covered(linked_.scan().exceedances(thresholds[kScan]), covers);
  alarms[kPermutation] = any_covered(
      permutation_.exceedances(std::nextafter(thresholds[kPermutation], 1e9)), covers);
  for (const model::Cell cell : changed_) {
    if (c2_of(cell) > thresholds[kC2Cell] && covers_cell(cell.parent(kDailyLevel), today)) {
      alarms[kC2Cell] = true;
    }
  }
  if (!changed_.empty()) alarms[kC2County] = c2_of(model::Cell()) > thresholds[kC2County];
  alarms[kCountyRule] = county_rule() > thresholds[kCountyRule];
  changed_.clear();
  return alarms;
}

}  // namespace commonwatch::detection
