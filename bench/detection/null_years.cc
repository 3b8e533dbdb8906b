#include "bench/detection/null_years.h"

#include <algorithm>

#include "hub/hotspot/engine.h"

namespace commonwatch::detection {
namespace {

Instant start_of_day(hotspot::Day day) { return hotspot::start_of(day * hotspot::kHoursOfDay); }

}  // namespace

std::vector<Report> simulate_reports(const County& county, hotspot::Day days, std::uint64_t seed,
                                     Random& random) {
  std::vector<Report> reports;
  Agencies agencies(seed);
  for (hotspot::Day day = 0; day < days; ++day) {
    simulate_day(county, kFirstDay + day, random, agencies, reports);
  }
  std::sort(reports.begin(), reports.end(), comes_before);
  return reports;
}

std::vector<Values> simulate_year(const County& county, const hotspot::Settings& settings,
                                  std::uint64_t seed, int number, Looks looks) {
  const auto stream = static_cast<std::uint64_t>(number);
  Random random = make_random(seed, Purpose::kNullYear, stream);
  const auto reports = simulate_reports(county, kHistoryDays + kYearDays, stream, random);
  const hotspot::Day begin = kFirstDay + kHistoryDays;
  auto next = std::partition_point(reports.begin(), reports.end(), [&](const Report& report) {
    return report.recorded < start_of_day(begin);
  });
  LinkedScan linked(settings);
  linked.apply_all({reports.begin(), next});
  linked.roll_to(begin * hotspot::kHoursOfDay);
  Methods methods(settings, linked);
  std::vector<Values> days(kYearDays, Values{});
  for (hotspot::Hour hour = begin * hotspot::kHoursOfDay;
       hour < (begin + kYearDays) * hotspot::kHoursOfDay; ++hour) {
    const hotspot::Day day = hotspot::day_of(hour);
    Values& highest = days[static_cast<std::size_t>(day - begin)];
    const auto look = [&](bool rolling) {
      const Values now = methods.values();
      for (std::size_t i = 0; i < kMethods; ++i) {
        if (rolling || is_of_day(i)) highest[i] = std::max(highest[i], now[i]);
      }
    };
    const bool always = looks == Looks::kEveryReportAndHour;
    methods.roll_to(hour);
    const bool midnight = hour % hotspot::kHoursOfDay == 0;
    if (midnight) methods.set_usual_day(usual_day(linked.days(), day));
    look(midnight || always);
    for (; next != reports.end() && next->recorded < hotspot::start_of(hour + 1); ++next) {
      methods.apply(*next);
      look(always);
    }
  }
  return days;
}

hotspot::NullModel learn_null(const County& county, const hotspot::Settings& settings,
                              std::uint64_t seed, int number) {
  const auto stream = static_cast<std::uint64_t>(number);
  Random random = make_random(seed, Purpose::kCalibration, stream);
  linkage::Linker linker;
  for (const Report& report : simulate_reports(county, kHistoryDays, stream, random)) {
    linker.apply(report.key, 1, report.record);
  }
  model::NameTable partners;
  partners.index_of("ems");
  partners.index_of("police");
  hotspot::Engine engine(settings, partners);
  for (const auto& change : linker.take_changes()) engine.apply(change.key, change.incident);
  engine.advance(model::Version(1), start_of_day(kFirstDay + kHistoryDays));
  hotspot::NullModel model =
      engine.null_model({hotspot::kWholeJurisdiction, model::Version(1)}, {});
  model.seed = mix(seed, stream);
  return model;
}

}  // namespace commonwatch::detection
