#include "hub/health/judgement.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::health {
namespace {

constexpr int kRecentDaysMax = 14;
constexpr double kLateShare = 0.95;
constexpr double kWatermarkShare = 0.99;
constexpr Minute kHoursShown = 24;
constexpr std::int64_t kSecondsPerMinute = 60;

// Delays of the latest days: today, and so many days before as it takes for enough events.
DelayCounts recent_delays(const FlowContent& flow, double bulk, std::int32_t today, int events) {
  DelayCounts delays;
  for (auto day = flow.days.rbegin(); day != flow.days.rend(); ++day) {
    if (day->day <= today - kRecentDaysMax) break;
    if (static_cast<double>(day->total()) > bulk) continue;
    delays.add(day->delays);
    if (delays.total() >= static_cast<std::uint64_t>(events)) return delays;
  }
  return {};
}

DelayCounts all_delays(const FlowContent& flow, const Usual& usual) {
  DelayCounts delays = usual.delays;
  for (const Day& day : flow.days) {
    if (day.day < usual.end_day) continue;
    if (static_cast<double>(day.total()) <= usual.bulk_events) delays.add(day.delays);
  }
  if (delays.total() > 0) return delays;
  for (const Day& day : flow.days) delays.add(day.delays);
  return delays;
}

bool is_late(const DelayCounts& recent, const DelayCounts& older, const Settings& settings) {
  if (recent.total() == 0 || older.total() == 0) return false;
  const std::uint32_t median = recent.quantile_seconds(0.5);
  return median > older.quantile_seconds(kLateShare) &&
         median >=
             older.quantile_seconds(0.5) + static_cast<std::uint32_t>(settings.late_seconds_min);
}

std::uint32_t received(const FlowContent& flow, Minute from_hour) {
  std::uint32_t events = 0;
  for (auto day = flow.days.rbegin(); day != flow.days.rend(); ++day) {
    const Minute first_hour = Minute{day->day} * kHoursPerDay;
    if (first_hour + kHoursPerDay <= from_hour) break;
    for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
      if (first_hour + static_cast<Minute>(hour) < from_hour) continue;
      events = add_saturating(events, day->counts[hour]);
    }
  }
  return events;
}

model::HealthState state_of(bool starting, bool silent, bool late) {
  if (starting) return model::HealthState::kStarting;
  if (silent) return model::HealthState::kSilent;
  return late ? model::HealthState::kLate : model::HealthState::kOnTime;
}

// Cut down to a whole step; and when, in minutes, the next step is due if `base` follows the time.
struct Watermark {
  Instant at{};
  Minute next = kNever;
};

Watermark watermark_of(Minute base, std::uint32_t delay_seconds, const Settings& settings) {
  const std::int64_t step = settings.watermark_step_minutes * kSecondsPerMinute;
  const std::int64_t steps =
      floor_divide(base * kSecondsPerMinute - std::int64_t{delay_seconds}, step);
  const std::int64_t next_second = (steps + 1) * step + std::int64_t{delay_seconds};
  return {instant_from_micros(steps * step * 1'000'000),
          floor_divide(next_second + kSecondsPerMinute - 1, kSecondsPerMinute)};
}

}  // namespace

Judgement judge(std::string_view name, const FlowContent& flow, const Usual& usual, Minute now,
                const Settings& settings) {
  const Minute last = minute_of(flow.last_received);
  const DelayCounts delays = all_delays(flow, usual);
  const DelayCounts recent =
      recent_delays(flow, usual.bulk_events, day_of(now), settings.late_events_min);
  const Minute silent_from = usual.starting
                                 ? kNever
                                 : std::max(last + settings.silence_minutes_min,
                                            usual.rhythm.reach(last, usual.silence_events));
  const bool silent = now >= silent_from;
  const Minute hour = floor_divide(now, kMinutesPerHour);
  const Watermark watermark = watermark_of(
      silent ? last : now,
      std::max(delays.quantile_seconds(kWatermarkShare), recent.quantile_seconds(kWatermarkShare)),
      settings);

  Judgement judgement;
  model::SourceHealth& health = judgement.health;
  health.id = "source:" + std::string(name);
  health.name = name;
  health.state = state_of(usual.starting, silent, is_late(recent, usual.older_delays, settings));
  health.last_received = flow.last_received;
  health.last_occurred = flow.last_occurred;
  health.watermark = watermark.at;
  health.received = received(flow, hour + 1 - kHoursShown);
  health.expected =
      std::round(10 * usual.rhythm.expected((hour + 1 - kHoursShown) * kMinutesPerHour,
                                            (hour + 1) * kMinutesPerHour)) /
      10;
  health.delay_median_s = delays.quantile_seconds(0.5);
  health.delay_p90_s = delays.quantile_seconds(0.9);

  judgement.next_change = (hour + 1) * kMinutesPerHour;
  if (!silent) {
    judgement.next_change = std::min({judgement.next_change, silent_from, watermark.next});
  }
  return judgement;
}

}  // namespace commonwatch::health
