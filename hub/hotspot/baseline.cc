#include "hub/hotspot/baseline.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace commonwatch::hotspot {
namespace {

constexpr double kMinuteSeconds = 60;
constexpr double kHourSeconds = 3600;
// A partner whose reports pause longer than this many days, and than this many of its usual gaps,
// has begun anew, or has left.
constexpr Day kGapDaysMax = 28;
constexpr double kGapsMax = 5;
// Below so many persons a partner's exposure weighs nothing: it would only add noise.
constexpr std::uint32_t kWeighedPersonsMin = 10;
constexpr int kSixteenths = 16;
constexpr int kWeightMax = 16;
// Persons, spread over the week, that shrink the profile to 1.
constexpr double kProfilePriorPersons = 2;
constexpr std::array<double, 5> kSmoothing = {1, 2, 3, 2, 1};
constexpr std::size_t kLevelDays = 14;  // either way
constexpr int kRecentDays = 56;
constexpr double kTrendPriorPersons = 50;
constexpr double kDelayPriorIncidents = 20;
constexpr double kCompletenessMin = 0.5;

// When a partner's present run of reports began, and whether it is over.
struct Presence {
  bool known = false;
  bool departed = false;
  Day from = 0;
  std::uint32_t persons = 0;  // of the trailing period
};

Presence presence_of(const std::vector<Day>& active, Day today) {
  Presence presence;
  if (active.empty()) return presence;
  presence.known = true;
  const double mean_gap = active.size() < 2 ? 0.0
                                            : static_cast<double>(active.back() - active.front()) /
                                                  static_cast<double>(active.size() - 1);
  const Day gap_max = std::max(kGapDaysMax, static_cast<Day>(std::ceil(kGapsMax * mean_gap)));
  presence.from = active.back();
  for (auto day = active.rbegin(); day != active.rend(); ++day) {
    if (presence.from - *day > gap_max) break;
    presence.from = *day;
  }
  presence.departed = today - active.back() > gap_max;
  return presence;
}

std::vector<Presence> presences(const Totals& totals, const ReporterSets& reporters,
                                const TrailingDays& trailing, Day today) {
  std::vector<std::vector<Day>> active;
  std::vector<std::uint32_t> persons;
  for (const auto& [day, row] : totals.days) {
    if (day >= today) break;
    for (std::size_t set = 0; set < row.size(); ++set) {
      if (row[set] == 0) continue;
      for (const model::NameIndex partner : reporters.partners(static_cast<ReporterSet>(set))) {
        if (partner >= active.size()) {
          active.resize(partner + 1U);
          persons.resize(partner + 1U);
        }
        if (active[partner].empty() || active[partner].back() != day) {
          active[partner].push_back(day);
        }
        if (trailing.holds(day)) persons[partner] += row[set];
      }
    }
  }
  std::vector<Presence> all;
  for (std::size_t partner = 0; partner < active.size(); ++partner) {
    all.push_back(presence_of(active[partner], today));
    all.back().persons = persons[partner];
  }
  return all;
}

// Of a reporter set: its longest known partner that has not left.
struct Observed {
  bool departed = true;
  int days = 0;  // of the trailing period
  std::uint32_t persons = 0;
};

Observed observed(const std::vector<model::NameIndex>& partners,
                  const std::vector<Presence>& presences, const TrailingDays& trailing) {
  Observed best;
  for (const model::NameIndex partner : partners) {
    if (partner >= presences.size() || !presences[partner].known) continue;
    const Presence& presence = presences[partner];
    if (presence.departed) continue;
    const Day from = std::max(presence.from, trailing.from);
    const int days = static_cast<int>(std::max<Day>(0, trailing.to - from));
    // Of two that are known equally long, the greater: partners are numbered as the log has them.
    if (best.departed || std::tie(days, presence.persons) > std::tie(best.days, best.persons)) {
      best = {false, days, presence.persons};
    }
  }
  return best;
}

std::uint16_t weight_of(int of_all, const Observed& set) {
  if (set.departed) return 0;
  if (set.persons < kWeighedPersonsMin || set.days == 0) return kSixteenths;
  const double ratio = static_cast<double>(of_all) / set.days;
  return static_cast<std::uint16_t>(
      std::lround(kSixteenths * std::clamp(ratio, 1.0, static_cast<double>(kWeightMax))));
}

// Hours of the week that passed in so many days from `from`.
std::array<double, model::kHoursOfWeek> hours_passed(const model::TimeZone& zone, Day from,
                                                     int days) {
  std::array<double, model::kHoursOfWeek> passed{};
  passed.fill(days / 7);
  int hour = zone.hour_of_week(from * kHoursOfDay);
  for (int i = 0; i < days % 7 * kHoursOfDay; ++i) {
    passed[static_cast<std::size_t>(hour)] += 1;
    hour = (hour + 1) % model::kHoursOfWeek;
  }
  return passed;
}

double smooth(const std::array<double, model::kHoursOfWeek>& values, std::size_t at) {
  double sum = 0;
  for (std::size_t i = 0; i < kSmoothing.size(); ++i) {
    const std::size_t bin = (at + model::kHoursOfWeek + i - kSmoothing.size() / 2) %
                            static_cast<std::size_t>(model::kHoursOfWeek);
    sum += kSmoothing[i] * values[bin];
  }
  return sum;
}

void set_profile(Baseline& baseline, const Totals& totals, const model::TimeZone& zone, Day from) {
  std::array<double, model::kHoursOfWeek> persons{};
  std::copy(totals.hours_of_week.begin(), totals.hours_of_week.end(), persons.begin());
  const double all = std::accumulate(persons.begin(), persons.end(), 0.0);
  const auto passed = hours_passed(zone, from, baseline.exposure_days);
  const double mean = all / (baseline.exposure_days * static_cast<double>(kHoursOfDay));
  const double prior =
      kProfilePriorPersons * std::accumulate(kSmoothing.begin(), kSmoothing.end(), 0.0);
  double sum = 0;
  for (std::size_t bin = 0; bin < persons.size(); ++bin) {
    baseline.profile[bin] =
        (smooth(persons, bin) + prior) / (smooth(passed, bin) * mean + prior);
    sum += baseline.profile[bin];
  }
  for (double& value : baseline.profile) value *= model::kHoursOfWeek / sum;
}

// Persons of each observed day, and what the profile gives it, in days of the mean rate.
struct DailySeries {
  std::vector<double> persons;
  std::vector<double> expected;
};

DailySeries daily_series(const Baseline& baseline, const Totals& totals,
                         const model::TimeZone& zone, const TrailingDays& trailing) {
  DailySeries series;
  std::array<double, model::kHoursOfWeek> day_from{};  // the 24 hours from an hour of the week on
  for (std::size_t hour = 0; hour < day_from.size(); ++hour) {
    for (std::size_t i = 0; i < kHoursOfDay; ++i) {
      day_from[hour] += baseline.profile[(hour + i) % day_from.size()] / kHoursOfDay;
    }
  }
  const Day from = trailing.to - baseline.exposure_days;
  int hour = 0;
  for (Day day = from; day < trailing.to; ++day) {
    // A look-up is dear; a change of the clocks is seen within the week.
    hour = (day - from) % 7 == 0 ? zone.hour_of_week(day * kHoursOfDay)
                                 : (hour + static_cast<int>(kHoursOfDay)) % model::kHoursOfWeek;
    const auto row = totals.days.find(day);
    series.persons.push_back(
        row == totals.days.end()
            ? 0.0
            : static_cast<double>(std::accumulate(row->second.begin(), row->second.end(), 0U)));
    series.expected.push_back(day_from[static_cast<std::size_t>(hour)]);
  }
  return series;
}

// Moment estimate; a day is compared with the mean of the days around it, so that neither season
// nor a partner that joins passes for spread.
double dispersion_of(const DailySeries& series) {
  const std::size_t days = series.persons.size();
  std::vector<double> persons_before(days + 1);
  std::vector<double> expected_before(days + 1);
  for (std::size_t day = 0; day < days; ++day) {
    persons_before[day + 1] = persons_before[day] + series.persons[day];
    expected_before[day + 1] = expected_before[day] + series.expected[day];
  }
  double above = 0;
  double squares = 0;
  for (std::size_t day = 0; day < days; ++day) {
    const std::size_t from = day - std::min(day, kLevelDays);
    const std::size_t to = std::min(days, day + kLevelDays + 1);
    const double expected = expected_before[to] - expected_before[from];
    const double own = series.expected[day];
    const double mean = (persons_before[to] - persons_before[from]) / expected * own;
    const double off = series.persons[day] - mean;
    // The day is in its own mean.
    above += off * off / (1 - own / expected) - mean;
    squares += mean * mean;
  }
  return squares > 0 ? std::max(0.0, above / squares) : 0;
}

// The recent days, each partner taken as if it had been there all the time.
double trend_of(const Baseline& baseline, const Totals& totals, const DailySeries& series,
                const std::vector<Observed>& sets, const TrailingDays& trailing) {
  if (baseline.exposure_days < 2 * kRecentDays) return 1;
  // In thousandths, so that the sum does not depend on the order of the sets.
  std::uint64_t thousandths = 0;
  for (auto row = totals.days.lower_bound(trailing.to - kRecentDays);
       row != totals.days.end() && row->first < trailing.to; ++row) {
    for (std::size_t set = 0; set < row->second.size(); ++set) {
      if (row->second[set] == 0 || sets[set].departed) continue;
      const double grown = static_cast<double>(kRecentDays) /
                           std::clamp(sets[set].days, kRecentDays / 2, kRecentDays);
      thousandths += std::uint64_t{row->second[set]} *
                     static_cast<std::uint64_t>(std::lround(1000 * grown));
    }
  }
  double expected = 0;
  for (std::size_t i = series.expected.size() - kRecentDays; i < series.expected.size(); ++i) {
    expected += series.expected[i] * baseline.rate_per_day;
  }
  const double persons = static_cast<double>(thousandths) / 1000;
  return (persons + kTrendPriorPersons) / (expected + kTrendPriorPersons);
}

void set_arrival(Baseline& baseline, const Totals& totals) {
  const double all = std::accumulate(totals.delays.begin(), totals.delays.end(), 0.0);
  double within = 0;
  std::size_t bin = 0;
  for (std::size_t age = 0; age < kAgesMax; ++age) {
    const double seconds = (static_cast<double>(age) + 0.5) * kHourSeconds;
    while (bin < kDelayBins && delay_bin_end(bin) <= seconds) within += totals.delays[bin++];
    double partly = 0;
    if (bin < kDelayBins) {
      const double begin = bin == 0 ? 0 : delay_bin_end(bin - 1);
      partly = totals.delays[bin] * (seconds - begin) / (delay_bin_end(bin) - begin);
    }
    baseline.arrival[age] =
        std::max(kCompletenessMin,
                 (within + partly + kDelayPriorIncidents) / (all + kDelayPriorIncidents));
  }
}

void set_weights(Baseline& baseline, const Totals& totals, const std::vector<Observed>& sets,
                 const Settings& settings, const TrailingDays& trailing) {
  for (const Observed& set : sets) {
    baseline.weights.push_back({weight_of(baseline.exposure_days, set),
                                set.days >= settings.exposure_days_min});
  }
  baseline.persons.assign(sets.size(), 0);
  std::uint64_t sixteenths = 0;
  for (auto row = totals.days.lower_bound(trailing.from);
       row != totals.days.end() && row->first < trailing.to; ++row) {
    for (std::size_t set = 0; set < row->second.size(); ++set) {
      sixteenths += std::uint64_t{row->second[set]} * baseline.weights[set].baseline;
      baseline.persons[set] += row->second[set];
    }
  }
  baseline.rate_per_day =
      static_cast<double>(sixteenths) / kSixteenths / baseline.exposure_days;
}

}  // namespace

std::uint8_t delay_bin(Duration delay) {
  const double seconds =
      static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(delay).count());
  std::size_t bin = 0;
  while (bin + 1 < kDelayBins && delay_bin_end(bin) < seconds) ++bin;
  return static_cast<std::uint8_t>(bin);
}

double delay_bin_end(std::size_t bin) {
  constexpr double kHalfOctave = 1.4142135623730951;
  return kMinuteSeconds * std::ldexp(bin % 2 == 0 ? 1.0 : kHalfOctave, static_cast<int>(bin / 2));
}

TrailingDays trailing_days(const Settings& settings, Day today) {
  const Day to = today - settings.guard_days;
  return {to - settings.trailing_days, to};
}

Baseline make_baseline(const Totals& totals, const ReporterSets& reporters,
                       const Settings& settings, const model::TimeZone& zone, Day today) {
  Baseline baseline;
  baseline.today = today;
  const TrailingDays trailing = trailing_days(settings, today);
  const std::vector<Presence> partners = presences(totals, reporters, trailing, today);
  std::vector<Observed> sets;
  for (std::size_t set = 0; set < reporters.size(); ++set) {
    sets.push_back(observed(reporters.partners(static_cast<ReporterSet>(set)), partners, trailing));
    baseline.exposure_days = std::max(baseline.exposure_days, sets.back().days);
  }
  baseline.profile.fill(1);
  baseline.arrival.fill(1);
  baseline.weights.assign(sets.size(), Weight{kSixteenths, false});
  if (baseline.exposure_days < settings.exposure_days_min) {
    baseline.persons.assign(sets.size(), 0);
    return baseline;
  }
  baseline.weights.clear();
  set_weights(baseline, totals, sets, settings, trailing);
  set_profile(baseline, totals, zone, trailing.to - baseline.exposure_days);
  const DailySeries series = daily_series(baseline, totals, zone, trailing);
  baseline.dispersion = dispersion_of(series);
  baseline.trend = trend_of(baseline, totals, series, sets, trailing);
  set_arrival(baseline, totals);
  return baseline;
}

double completeness(const Baseline& baseline, const ReporterSets& reporters,
                    const std::vector<Silence>& silences, Hour now, std::size_t age) {
  const auto is_silent = [&](model::NameIndex partner) {
    return std::any_of(silences.begin(), silences.end(), [&](const Silence& silence) {
      return silence.partner == partner && silence.since <= now - static_cast<Hour>(age);
    });
  };
  if (silences.empty()) return baseline.arrival[age];
  std::uint64_t lost = 0;
  std::uint64_t all = 0;
  for (std::size_t set = 0; set < baseline.persons.size(); ++set) {
    const auto& partners = reporters.partners(static_cast<ReporterSet>(set));
    all += baseline.persons[set];
    if (std::all_of(partners.begin(), partners.end(), is_silent)) lost += baseline.persons[set];
  }
  if (lost == 0) return baseline.arrival[age];
  return std::max(kCompletenessMin,
                  1 - static_cast<double>(lost) / static_cast<double>(all));
}

}  // namespace commonwatch::hotspot
