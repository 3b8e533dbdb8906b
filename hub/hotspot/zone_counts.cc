#include "hub/hotspot/zone_counts.h"

#include <algorithm>
#include <utility>

namespace commonwatch::hotspot {
namespace {

constexpr auto kBySecond = [](const Moment& moment, Second second) {
  return moment.second < second;
};
constexpr auto kByHour = [](const HourTotals::Total& total, Hour hour) {
  return total.hour < hour;
};

}  // namespace

void ZoneCounts::merge(const Moment& moment) {
  // Most reports are of the latest moment.
  if (moments_.empty() || moments_.back().second < moment.second) {
    moments_.push_back(moment);
    return;
  }
  const auto at = std::lower_bound(moments_.begin(), moments_.end(), moment.second, kBySecond);
  if (at->second != moment.second) {
    moments_.insert(at, moment);
    return;
  }
  at->persons += moment.persons;
  at->fatal += moment.fatal;
  if (at->persons == 0 && at->fatal == 0) moments_.erase(at);
}

void ZoneCounts::add(const Moment& moment) {
  merge(moment);
  if (trailing_.holds(moment.second)) trailing_.persons += moment.persons;
}

// Taking back is adding the negative, modulo 2^32.
void ZoneCounts::subtract(const Moment& moment) {
  merge(Moment{moment.second, 0U - moment.persons, 0U - moment.fatal});
  if (trailing_.holds(moment.second)) trailing_.persons -= moment.persons;
}

void ZoneCounts::trim(Second from) {
  moments_.erase(moments_.begin(),
                 std::lower_bound(moments_.begin(), moments_.end(), from, kBySecond));
  trailing_ = Span{};
}

std::uint64_t ZoneCounts::persons(Second from, Second to) const {
  std::uint64_t sum = 0;
  auto at = std::lower_bound(moments_.begin(), moments_.end(), from, kBySecond);
  for (; at != moments_.end() && at->second < to; ++at) sum += at->persons;
  return sum;
}

std::uint64_t ZoneCounts::trailing_persons(Second from, Second to) const {
  const bool goes_on = from >= trailing_.from && to >= trailing_.to && from <= trailing_.to;
  if (goes_on) {
    trailing_.persons += persons(trailing_.to, to);
    trailing_.persons -= persons(trailing_.from, from);
  } else {
    trailing_.persons = persons(from, to);
  }
  trailing_.from = from;
  trailing_.to = to;
  return trailing_.persons;
}

const ZoneCounts* LevelCounts::find(model::Cell cell) const {
  const auto at = zones_.find(cell);
  return at == zones_.end() ? nullptr : &at->second;
}

ZoneCounts& LevelCounts::touch(model::Cell cell) {
  ZoneCounts& zone = zones_[cell];
  if (!zone.dirty) {
    zone.dirty = true;
    changed_.push_back(cell);
  }
  return zone;
}

void LevelCounts::add(model::Cell cell, const Moment& moment, Second recent_from) {
  ZoneCounts& zone = touch(cell);
  zone.add(moment);
  if (!zone.recent && moment.second >= recent_from) {
    zone.recent = true;
    recent_.push_back(cell);
  }
}

void LevelCounts::subtract(model::Cell cell, const Moment& moment) { touch(cell).subtract(moment); }

void LevelCounts::trim(Second from) {
  for (auto& [cell, zone] : zones_) {
    if (zone.is_empty() || zone.moments().front().second >= from) continue;
    zone.trim(from);
    if (!zone.dirty) {
      zone.dirty = true;
      changed_.push_back(cell);
    }
  }
}

std::vector<model::Cell> LevelCounts::take_changed() {
  std::sort(changed_.begin(), changed_.end());
  for (const model::Cell cell : changed_) {
    const auto at = zones_.find(cell);
    at->second.dirty = false;
    if (at->second.is_empty()) zones_.erase(at);
  }
  return std::exchange(changed_, {});
}

void LevelCounts::keep_recent(Second from) {
  std::sort(recent_.begin(), recent_.end());
  recent_.erase(std::unique(recent_.begin(), recent_.end()), recent_.end());
  std::erase_if(recent_, [&](model::Cell cell) {
    const auto at = zones_.find(cell);
    if (at == zones_.end()) return true;
    ZoneCounts& zone = at->second;
    zone.recent = !zone.is_empty() && zone.moments().back().second >= from;
    return !zone.recent;
  });
}

std::size_t LevelCounts::bytes() const {
  // A node of the map: its link, key, zone, and what the allocator adds.
  constexpr std::size_t kNodeBytes = sizeof(model::Cell) + sizeof(ZoneCounts) + 24;
  std::size_t bytes = zones_.bucket_count() * sizeof(void*) + zones_.size() * kNodeBytes +
                      (changed_.capacity() + recent_.capacity()) * sizeof(model::Cell);
  for (const auto& [cell, zone] : zones_) bytes += zone.moments().capacity() * sizeof(Moment);
  return bytes;
}

void HourTotals::add(Hour hour, std::uint64_t persons) {
  const auto at = std::lower_bound(totals_.begin(), totals_.end(), hour, kByHour);
  if (at == totals_.end() || at->hour != hour) {
    totals_.insert(at, Total{hour, persons});
    return;
  }
  at->persons += persons;
  if (at->persons == 0) totals_.erase(at);
}

void HourTotals::trim(Hour from) {
  totals_.erase(totals_.begin(), std::lower_bound(totals_.begin(), totals_.end(), from, kByHour));
}

}  // namespace commonwatch::hotspot
