#include "hub/health/flow.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace commonwatch::health {
namespace {

constexpr Minute kGapMinutesMax = std::numeric_limits<std::uint16_t>::max();

void note_gap(Day& day, Minute ended, Minute length) {
  if (length <= 0) return;
  const Minute in_day = ended - start_of(day.day);
  Gap& gap = day.gaps[static_cast<std::size_t>(in_day / kMinutesPerHour)];
  if (length <= gap.minutes) return;
  gap.minutes = static_cast<std::uint16_t>(std::min(length, kGapMinutesMax));
  gap.end_minute = static_cast<std::uint8_t>(in_day % kMinutesPerHour);
}

void add(Day& day, const Day& other) {
  for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
    day.counts[hour] = add_saturating(day.counts[hour], other.counts[hour]);
  }
  day.delays.add(other.delays);
}

// From hours with events alone; an event stands in the middle of its hour.
void find_gaps(std::vector<Day>& days) {
  constexpr Minute kMiddle = kMinutesPerHour / 2;
  Minute last = kNever;
  for (Day& day : days) {
    for (std::size_t hour = 0; hour < kHoursPerDay; ++hour) {
      if (day.counts[hour] == 0) continue;
      const Minute at = start_of(day.day) + static_cast<Minute>(hour) * kMinutesPerHour + kMiddle;
      if (last != kNever) note_gap(day, at, at - last);
      last = at;
    }
  }
}

}  // namespace

std::uint64_t Day::total() const {
  std::uint64_t sum = 0;
  for (const std::uint32_t count : counts) sum += count;
  return sum;
}

void Flow::receive(Instant recorded, Instant occurred) {
  const Minute minute = minute_of(recorded);
  if (open_.count > 0 && open_.minute != minute) fold_open();
  const Instant happened = std::min(recorded, occurred);
  if (open_.count == 0) {
    open_.minute = minute;
    open_.last_occurred = happened;
  }
  open_.count = add_saturating(open_.count, 1);
  open_.last_received = recorded;
  open_.last_occurred = std::max(open_.last_occurred, happened);
  const std::size_t bin = DelayCounts::bin_of(recorded - happened);
  open_.delays.add(bin, 1);
  open_.first_bin = std::min(open_.first_bin, bin);
  open_.last_bin = std::max(open_.last_bin, bin);
}

bool Flow::settle(Minute before) {
  if (open_.count == 0 || open_.minute >= before) return false;
  fold_open();
  return true;
}

void Flow::fold_open() {
  const Minute last = minute_of(content_.last_received);
  if (!content_.empty && open_.minute - last >= retired_days_ * kMinutesPerDay) content_ = {};
  const bool is_first = content_.empty;
  if (is_first) {
    began_ = true;
    content_.empty = false;
    content_.first_received = instant_of(open_.minute);
    content_.last_occurred = open_.last_occurred;
  }
  std::vector<Day>& days = content_.days;
  const std::int32_t today = day_of(open_.minute);
  if (days.empty() || days.back().day != today) {
    std::erase_if(days, [&](const Day& day) { return day.day < today - trailing_days_; });
    days.emplace_back().day = today;
  }
  Day& day = days.back();
  const auto hour = static_cast<std::size_t>((open_.minute - start_of(today)) / kMinutesPerHour);
  day.counts[hour] = add_saturating(day.counts[hour], open_.count);
  day.delays.add(open_.delays, open_.first_bin, open_.last_bin);
  if (!is_first) note_gap(day, open_.minute, open_.minute - last);
  content_.last_received = open_.last_received;
  content_.last_occurred = std::max(content_.last_occurred, open_.last_occurred);
  open_.minute = 0;
  open_.count = 0;
  open_.last_received = {};
  open_.last_occurred = {};
  open_.delays.clear(open_.first_bin, open_.last_bin);
  open_.first_bin = DelayCounts::kBins - 1;
  open_.last_bin = 0;
  ++folds_;
}

bool Flow::take_began() { return std::exchange(began_, false); }

void Flow::set(FlowContent content, OpenMinute open) {
  content_ = std::move(content);
  open_ = open;
  open_.first_bin = 0;
  open_.last_bin = DelayCounts::kBins - 1;
  began_ = !content_.empty;
}

FlowContent merge(const std::vector<const FlowContent*>& flows, int trailing_days) {
  FlowContent merged;
  std::map<std::int32_t, Day> days;
  for (const FlowContent* flow : flows) {
    if (flow->empty) continue;
    if (merged.empty) {
      merged.first_received = flow->first_received;
      merged.last_received = flow->last_received;
      merged.last_occurred = flow->last_occurred;
      merged.empty = false;
    }
    merged.first_received = std::min(merged.first_received, flow->first_received);
    merged.last_received = std::max(merged.last_received, flow->last_received);
    merged.last_occurred = std::max(merged.last_occurred, flow->last_occurred);
    for (const Day& day : flow->days) {
      Day& sum = days[day.day];
      sum.day = day.day;
      add(sum, day);
    }
  }
  const std::int32_t oldest = day_of(minute_of(merged.last_received)) - trailing_days;
  for (auto day = days.lower_bound(oldest); day != days.end(); ++day) {
    merged.days.push_back(day->second);
  }
  find_gaps(merged.days);
  return merged;
}

}  // namespace commonwatch::health
