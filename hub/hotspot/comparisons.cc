#include "hub/hotspot/comparisons.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "hub/statistics/cusum.h"
#include "hub/statistics/ears.h"
#include "hub/statistics/thresholds.h"
#include "hub/statistics/weekday.h"

namespace commonwatch::hotspot {
namespace {

constexpr std::size_t kDaysMin = 28;

double thousandths(double value) { return std::round(value * 1000) / 1000; }
double or_none(std::optional<double> value) {
  return value ? thousandths(*value) : model::kNoScore;
}

// Persons of each local day that is over, oldest first.
using Series = std::vector<std::uint32_t>;

std::vector<Series> make_series(const Scan& scan, std::size_t zones) {
  const model::TimeZone& zone = scan.time_zone();
  const Hour now = *scan.now();
  const Day today = zone.local_day(now);
  const Day guard = day_of(now) - scan.trailing().to;
  const Day first = today - scan.baseline().exposure_days - guard + 1;
  const auto length = static_cast<std::size_t>(std::max<Day>(0, today - first));
  std::vector<Series> series(zones, Series(length));
  scan.for_each((first - 1) * kHoursOfDay, now + 1, [&](Hour hour, const Item& item) {
    const auto day = static_cast<std::size_t>(zone.local_day(hour) - first);
    if (day >= length) return;  // also those before, which are huge
    series.front()[day] += item.persons;
    for (const NamedZone named : scan.zones().place_of(item.site).named) {
      if (named < zones) series[named][day] += item.persons;
    }
  });
  return series;
}

void fill_cusum(model::Comparison& comparison, const std::vector<std::uint32_t>& days) {
  const auto means = statistics::day_of_week_means(days);
  const double dispersion = statistics::overdispersion(days, means);
  statistics::Cusum poisson;
  statistics::Cusum negative_binomial;
  for (std::size_t i = 0; i < days.size(); ++i) {
    const double mean = means[i % statistics::kWeekdays];
    if (mean <= 0) continue;
    poisson.add(statistics::poisson_increment(days[i], mean));
    negative_binomial.add(statistics::negative_binomial_increment(days[i], mean, dispersion));
  }
  comparison.cusum_poisson = thousandths(poisson.value());
  comparison.cusum_negative_binomial = thousandths(negative_binomial.value());
}

model::Comparison compare(const Series& series, const std::string& name, Day today,
                          int fixed_threshold) {
  model::Comparison comparison;
  comparison.id = "comparison:" + name;
  comparison.area = name;
  comparison.day = model::day_text(today - 1);
  comparison.count = series.back();
  comparison.ears_c1 = or_none(statistics::ears_c1(series));
  comparison.ears_c2 = or_none(statistics::ears_c2(series));
  comparison.ears_c3 = or_none(statistics::ears_c3(series));
  const std::span<const std::uint32_t> past(series.data(), series.size() - 1);
  comparison.fixed_threshold = fixed_threshold;
  const auto recommended = statistics::recommended_threshold(past);
  comparison.recommended_threshold = recommended ? *recommended : model::kNoScore;
  comparison.mean_plus_2sd = or_none(statistics::mean_plus_two_deviations(past));
  fill_cusum(comparison, series);
  return comparison;
}

}  // namespace

std::vector<model::Comparison> compare_methods(const Scan& scan,
                                               const std::vector<std::string>& names,
                                               const std::vector<int>& fixed_thresholds) {
  std::vector<model::Comparison> comparisons;
  if (!scan.now() || scan.baseline().exposure_days == 0) return comparisons;
  const auto series = make_series(scan, names.size());
  if (series.front().size() < kDaysMin) return comparisons;
  const Day today = scan.time_zone().local_day(*scan.now());
  for (std::size_t i = 0; i < names.size(); ++i) {
    comparisons.push_back(compare(series[i], names[i], today, fixed_thresholds[i]));
  }
  std::sort(comparisons.begin(), comparisons.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  roll_comparisons(scan, names, comparisons);
  return comparisons;
}

void roll_comparisons(const Scan& scan, const std::vector<std::string>& names,
                      std::vector<model::Comparison>& comparisons) {
  std::vector<std::uint32_t> persons(names.size());
  const Hour now = *scan.now();
  scan.for_each(now + 1 - kHoursOfDay, now + 1, [&](Hour, const Item& item) {
    persons.front() += item.persons;
    for (const NamedZone named : scan.zones().place_of(item.site).named) {
      if (named < persons.size()) persons[named] += item.persons;
    }
  });
  for (model::Comparison& comparison : comparisons) {
    const auto at = std::find(names.begin(), names.end(), comparison.area);
    if (at != names.end()) {
      comparison.rolling_24h = persons[static_cast<std::size_t>(at - names.begin())];
    }
  }
}

}  // namespace commonwatch::hotspot
