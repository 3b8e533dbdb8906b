#include "hub/health/usual.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace commonwatch::health {
namespace {

// More than this many times the median of the days with events, and more than ten: an import.
constexpr double kBulkFactor = 5;
constexpr double kBulkEventsMin = 10;
constexpr double kGapShare = 0.99;
// From so many gaps on, one of them may be an outage, and the longest does not count.
constexpr std::size_t kGapsMany = 10;
constexpr int kOlderDays = 28;
constexpr int kLatestDays = 2;
constexpr std::uint64_t kOlderEventsMin = 20;
constexpr int kRateDaysMin = 7;

// The days that are learnt from, first included.
struct Span {
  std::int32_t begin;
  std::int32_t end;
  bool contains(std::int32_t day) const { return day >= begin && day < end; }
};

// The day of the first event was not watched whole.
Span span_of(const FlowContent& flow, std::int32_t end_day, const Settings& settings) {
  const std::int32_t first = day_of(minute_of(flow.first_received));
  return {std::max(end_day - settings.trailing_days, first + 1), end_day};
}

// Of an even number of days the lower middle one, so that the one day beside a first import counts.
double bulk_events(const FlowContent& flow, std::int32_t end_day) {
  std::vector<std::uint64_t> totals;
  for (const Day& day : flow.days) {
    if (day.day < end_day) totals.push_back(day.total());
  }
  if (totals.empty()) return std::numeric_limits<double>::infinity();
  const auto middle = totals.begin() + static_cast<std::ptrdiff_t>((totals.size() - 1) / 2);
  std::nth_element(totals.begin(), middle, totals.end());
  return std::max(kBulkEventsMin, kBulkFactor * static_cast<double>(*middle));
}

bool is_bulk(const Day& day, double bulk) { return static_cast<double>(day.total()) > bulk; }

std::size_t week_hour(std::int32_t day, std::size_t hour) {
  const auto day_of_week = static_cast<std::size_t>(day - 7 * floor_divide(day, 7));
  return day_of_week * kHoursPerDay + hour;
}

WeekCounts week_counts(const FlowContent& flow, Span span, double bulk) {
  WeekCounts counts;
  const auto watch = [&](std::int32_t day, double times) {
    for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
      counts.watched[week_hour(day, hour)] += times;
    }
  };
  for (std::int32_t day = span.begin; day < span.end; ++day) watch(day, 1);
  for (const Day& day : flow.days) {
    if (!span.contains(day.day)) continue;
    if (is_bulk(day, bulk)) {
      watch(day.day, -1);
      continue;
    }
    for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
      counts.events[week_hour(day.day, hour)] += day.counts[hour];
    }
  }
  return counts;
}

// The longest usual gap, in events that would have been usual in it.
double longest_gap(const FlowContent& flow, Span span, const Rhythm& rhythm) {
  std::vector<double> gaps;
  for (const Day& day : flow.days) {
    if (!span.contains(day.day)) continue;
    for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
      const Gap& gap = day.gaps[hour];
      if (gap.minutes == 0) continue;
      const Minute end =
          start_of(day.day) + static_cast<Minute>(hour) * kMinutesPerHour + gap.end_minute;
      gaps.push_back(rhythm.expected(end - gap.minutes, end));
    }
  }
  if (gaps.empty()) return 0;
  const auto number = static_cast<double>(gaps.size());
  auto rank = static_cast<std::size_t>(std::ceil(kGapShare * number)) - 1;
  if (gaps.size() >= kGapsMany) rank = std::min(rank, gaps.size() - 2);
  const auto at = gaps.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(gaps.begin(), at, gaps.end());
  return *at;
}

// Expected events at which no event has probability `p`, where the rate is known from `seen`
// events: (1 + x / seen)^-seen = p, which is exp(-x) = p as `seen` grows (gamma-Poisson).
double events_at(double p, double seen) { return seen * std::expm1(-std::log(p) / seen); }

double silence_events(const FlowContent& flow, Span span, const Usual& usual, double seen,
                      const Settings& settings) {
  const double interval_events =
      usual.rhythm.per_week() / 7 * std::max(1.0, settings.silence_interval_days);
  const double p = std::min(settings.silence_probability_max, 1 / std::max(1.0, interval_events));
  return std::max(events_at(p, seen),
                  settings.silence_gap_factor * longest_gap(flow, span, usual.rhythm));
}

DelayCounts delays_before(const FlowContent& flow, std::int32_t day, double bulk) {
  DelayCounts delays;
  for (const Day& one : flow.days) {
    if (one.day < day && !is_bulk(one, bulk)) delays.add(one.delays);
  }
  return delays;
}

DelayCounts older_delays(const FlowContent& flow, std::int32_t end_day, double bulk) {
  for (const int age : {kOlderDays, kLatestDays}) {
    const DelayCounts delays = delays_before(flow, end_day - age, bulk);
    if (delays.total() >= kOlderEventsMin) return delays;
  }
  return {};
}

}  // namespace

std::int32_t learning_end(const FlowContent& flow, std::int32_t today) {
  return std::min(today, day_of(minute_of(flow.last_received)));
}

Usual learn(const FlowContent& flow, std::int32_t end_day, const Settings& settings) {
  Usual usual;
  usual.end_day = end_day;
  usual.bulk_events = bulk_events(flow, end_day);
  usual.delays = delays_before(flow, end_day, usual.bulk_events);
  usual.older_delays = older_delays(flow, end_day, usual.bulk_events);
  const Span span = span_of(flow, end_day, settings);
  if (span.begin >= span.end) return usual;
  const WeekCounts counts = week_counts(flow, span, usual.bulk_events);
  usual.rhythm = Rhythm(counts);
  double seen = 0;
  for (const double events : counts.events) seen += events;
  usual.starting = span.end - span.begin < settings.starting_days ||
                   seen < static_cast<double>(settings.starting_events);
  if (!usual.starting) usual.silence_events = silence_events(flow, span, usual, seen, settings);
  return usual;
}

double events_per_day(const FlowContent& flow, std::int32_t today, const Settings& settings) {
  const std::int32_t first = day_of(minute_of(flow.first_received));
  const std::int32_t begin = std::max(today - settings.trailing_days, first);
  std::uint64_t events = 0;
  for (const Day& day : flow.days) {
    if (day.day >= begin && day.day < today) events += day.total();
  }
  return static_cast<double>(events) / std::max(kRateDaysMin, today - begin);
}

}  // namespace commonwatch::health
