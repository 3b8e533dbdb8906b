#include "bench/detection/power.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "bench/detection/null_years.h"
#include "bench/detection/threads.h"

namespace commonwatch::detection {
namespace {

// A calibration is of one history; so many are pooled, so that chance in one of them does not pass
// for power.
constexpr int kHistories = 10;
// Before the outbreak: what the daily methods look back on, and more than linkage does.
constexpr hotspot::Day kRecentDays = 12;
// Behind the day on which an outbreak begins.
constexpr hotspot::Day kOutbreakDays = 6;
constexpr std::chrono::hours kLateHours{24};

// Hours to the first alarm of each method.
using Delays = std::array<std::optional<double>, kMethods>;

double calibrate_scan(const County& county, const hotspot::Settings& settings,
                      const PowerOptions& options) {
  std::vector<hotspot::NullModel> models;
  for (int i = 0; i < kHistories; ++i) {
    models.push_back(learn_null(county, settings, options.seed, i));
  }
  std::vector<std::vector<double>> years(static_cast<std::size_t>(options.null_years));
  run_numbered(options.threads, options.null_years, [&](int year) {
    years[static_cast<std::size_t>(year)] = hotspot::simulate_null(
        models[static_cast<std::size_t>(year % kHistories)], year / kHistories);
  });
  std::vector<double> maxima;
  for (const auto& year : years) maxima.insert(maxima.end(), year.begin(), year.end());
  return hotspot::score_of(hotspot::calibrate(models.front(), std::move(maxima)),
                           settings.alert_days);
}

// The value that one day a year exceeds, or fewer where values are tied.
double one_day_a_year(std::vector<double> values) {
  std::sort(values.begin(), values.end(), std::greater<>());
  return values[values.size() / static_cast<std::size_t>(kYearDays)];
}

void set_thresholds(const County& county, const hotspot::Settings& settings,
                    PowerResult& result) {
  const PowerOptions& options = result.options;
  std::vector<std::vector<Values>> years(static_cast<std::size_t>(options.null_years));
  run_numbered(options.threads, options.null_years, [&](int year) {
    years[static_cast<std::size_t>(year)] =
        simulate_year(county, settings, options.seed, year,
                      options.daily ? Looks::kMidnight : Looks::kEveryReportAndHour);
  });
  for (std::size_t method = 0; method < kMethods; ++method) {
    std::vector<double> values;
    for (const auto& year : years) {
      for (const Values& day : year) values.push_back(day[method]);
    }
    double& threshold = result.thresholds[method];
    const bool calibrated = method == kScan && !options.daily;
    threshold = calibrated ? calibrate_scan(county, settings, options)
                           : one_day_a_year(std::move(values));
    const double above = calibrated ? std::nextafter(threshold, 0.0) : threshold;
    for (const auto& year : years) {
      result.false_alarm_days[method].push_back(static_cast<double>(
          std::count_if(year.begin(), year.end(),
                        [&](const Values& day) { return day[method] > above; })));
    }
  }
}

// One county's year of history, into which each kind of outbreak is put in turn.
class Repetition {
 public:
  Repetition(const County& county, const hotspot::Settings& settings, const PowerOptions& options,
             int number);
  Delays run(const Scenario& scenario, std::uint64_t number, const Thresholds& thresholds) const;

 private:
  const County& county_;
  const hotspot::Settings& settings_;
  double share_min_;
  std::uint64_t seed_;
  hotspot::Day day_;
  std::vector<Report> reports_;
  std::vector<Report>::const_iterator recent_;
  std::vector<Report>::const_iterator next_;
  LinkedScan before_;
  UsualDay usual_;
};

Repetition::Repetition(const County& county, const hotspot::Settings& settings,
                       const PowerOptions& options, int number)
    : county_(county),
      settings_(settings),
      share_min_(options.share_min),
      seed_(mix(options.seed, static_cast<std::uint64_t>(number))),
      day_(kFirstDay + kHistoryDays + number % 7),
      before_(settings) {
  Random random =
      make_random(options.seed, Purpose::kRepetition, static_cast<std::uint64_t>(number));
  reports_ = simulate_reports(county, day_ - kFirstDay + kOutbreakDays, seed_, random);
  const auto from = [&](hotspot::Day day) {
    return std::partition_point(reports_.cbegin(), reports_.cend(), [&](const Report& report) {
      return report.recorded < hotspot::start_of(day * hotspot::kHoursOfDay);
    });
  };
  recent_ = from(day_ - kRecentDays);
  next_ = from(day_);
  before_.apply_all({reports_.cbegin(), next_});
  before_.roll_to(day_ * hotspot::kHoursOfDay);
  before_.scan().exceedances(1e6);  // so that the baseline is made once
  usual_ = usual_day(before_.days(), day_);
}

Delays Repetition::run(const Scenario& scenario, std::uint64_t number,
                       const Thresholds& thresholds) const {
  const Outbreak outbreak = make_outbreak(scenario, county_, day_, seed_, number);
  LinkedScan linked(before_, {recent_, next_});
  Methods methods(settings_, linked);
  methods.set_usual_day(usual_);
  std::vector<Report> reports(next_, reports_.cend());
  reports.insert(reports.end(), outbreak.reports.begin(), outbreak.reports.end());
  std::sort(reports.begin(), reports.end(), comes_before);

  Instant now{};
  const auto known = [&] {
    return std::count_if(outbreak.extras.begin(), outbreak.extras.end(),
                         [&](const auto& extra) { return extra.recorded <= now; });
  };
  const auto covers = [&](hotspot::ZoneIndex zone, hotspot::Hour from) {
    const auto in = std::count_if(
        outbreak.extras.begin(), outbreak.extras.end(), [&](const auto& extra) {
          return extra.recorded <= now && hotspot::hour_of(extra.occurred) >= from &&
                 linked.scan().zones().holds(zone, linked.site_of(extra.cell));
        });
    return in > 0 && static_cast<double>(in) >= share_min_ * static_cast<double>(known());
  };
  const auto covers_cell = [&](model::Cell cell, hotspot::Day day) {
    return std::any_of(outbreak.extras.begin(), outbreak.extras.end(), [&](const auto& extra) {
      return extra.recorded <= now && cell.contains(extra.cell) &&
             hotspot::day_of(hotspot::hour_of(extra.occurred)) == day;
    });
  };

  Delays delays;
  const Instant end = outbreak.last() + kLateHours;
  const auto look = [&](Instant at) {
    now = at;
    if (now < outbreak.first() || now > end) return;
    const auto alarms = methods.alarms(thresholds, covers, covers_cell);
    for (std::size_t method = 0; method < kMethods; ++method) {
      if (!alarms[method] || delays[method]) continue;
      delays[method] =
          std::chrono::duration<double, std::ratio<3600>>(now - outbreak.first()).count();
    }
  };
  auto report = reports.cbegin();
  for (hotspot::Hour hour = day_ * hotspot::kHoursOfDay; hotspot::start_of(hour) <= end; ++hour) {
    methods.roll_to(hour);
    look(hotspot::start_of(hour));
    for (; report != reports.cend() && report->recorded < hotspot::start_of(hour + 1); ++report) {
      methods.apply(*report);
      look(report->recorded);
    }
  }
  return delays;
}

Found summarise(std::vector<double> hours) {
  if (hours.empty()) return {};
  std::sort(hours.begin(), hours.end());
  const std::size_t half = hours.size() / 2;
  const double median = hours.size() % 2 == 1 ? hours[half] : (hours[half - 1] + hours[half]) / 2;
  return {static_cast<int>(hours.size()), median};
}

}  // namespace

PowerResult measure_power(const County& county, const PowerOptions& options) {
  const hotspot::Settings settings;
  PowerResult result;
  result.options = options;
  result.incidents = county.places.size();
  result.incidents_per_day = county.incidents_per_day;
  result.dispersion = county.dispersion;
  set_thresholds(county, settings, result);

  std::vector<std::vector<Delays>> delays(static_cast<std::size_t>(options.repetitions));
  run_numbered(options.threads, options.repetitions, [&](int number) {
    const Repetition repetition(county, settings, options, number);
    for (std::size_t i = 0; i < scenarios().size(); ++i) {
      delays[static_cast<std::size_t>(number)].push_back(
          repetition.run(scenarios()[i], i, result.thresholds));
    }
  });
  for (std::size_t i = 0; i < scenarios().size(); ++i) {
    result.found.emplace_back();
    for (std::size_t method = 0; method < kMethods; ++method) {
      std::vector<double> hours;
      for (const auto& repetition : delays) {
        if (repetition[i][method]) hours.push_back(*repetition[i][method]);
      }
      result.found.back()[method] = summarise(std::move(hours));
    }
  }
  return result;
}

}  // namespace commonwatch::detection
