#include "hub/hotspot/state.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace commonwatch::hotspot {
namespace {

constexpr Second kAlways = std::numeric_limits<Second>::min();
// Beyond what any window or trailing period reaches.
constexpr Hour kSlackHours = 28 * kHoursOfDay;

// Moves once a day, so that looking for what is too old costs little.
Hour oldest_hour(const Settings& settings, Hour hour) {
  const Hour day_start = hour / kHoursOfDay * kHoursOfDay;
  return day_start - (settings.trailing_days + settings.guard_days) * kHoursOfDay - kSlackHours;
}

}  // namespace

Engine::State::State(Settings settings)
    : settings_(std::move(settings)), counted_from_(kAlways), recent_from_(kAlways) {
  for (const int level : settings_.levels) levels_.emplace_back(level);
}

std::optional<Moment> Engine::State::moment_of(const Incident& incident) const {
  const Second second = second_of(incident.occurred);
  const bool counts = second >= counted_from_ && incident.persons > 0 && incident.cell.is_valid() &&
                      incident.cell.level() >= settings_.levels.back();
  if (!counts) return std::nullopt;
  return Moment{second, incident.persons, incident.fatal};
}

void Engine::State::count(const Incident& incident) {
  const auto moment = moment_of(incident);
  if (!moment) return;
  totals_.add(hour_of(incident.occurred), moment->persons);
  for (LevelCounts& level : levels_) {
    level.add(incident.cell.parent(level.level()), *moment, recent_from_);
  }
}

void Engine::State::uncount(const Incident& incident) {
  const auto moment = moment_of(incident);
  if (!moment) return;
  totals_.subtract(hour_of(incident.occurred), moment->persons);
  for (LevelCounts& level : levels_) {
    level.subtract(incident.cell.parent(level.level()), *moment);
  }
}

void Engine::State::apply(const IncidentKey& key, std::uint32_t revision,
                          const std::optional<Incident>& now) {
  IncidentEntry* entry = table_.find(key);
  if (entry != nullptr && revision < entry->revision) return;
  if (entry == nullptr) {
    entry = &table_.insert(key);
    pending_.push_back(key);
  } else if (entry->touched_hour != IncidentEntry::kPending) {
    entry->touched_hour = IncidentEntry::kPending;
    pending_.push_back(key);
  }
  if (entry->is_live()) {
    uncount(entry->incident);
    --live_;
  }
  entry->revision = revision;
  entry->state = now ? IncidentEntry::State::kLive : IncidentEntry::State::kTombstone;
  entry->incident = now.value_or(kNoIncident);
  if (now) {
    count(*now);
    ++live_;
  }
}

void Engine::State::stamp_pending() {
  for (const IncidentKey& key : pending_) {
    table_.find(key)->touched_hour = static_cast<std::int32_t>(hour_);
  }
  pending_.clear();
}

// An incident is not counted any more when it occurred too long ago, and forgotten, tombstones
// too, when its last report is as old as that.
void Engine::State::forget(Hour hour) {
  const Hour oldest = oldest_hour(settings_, hour);
  counted_from_ = start_of(oldest);
  totals_.trim(oldest);
  for (LevelCounts& level : levels_) level.trim(counted_from_);
  table_.forget_if([&](const IncidentEntry& entry) {
    return entry.touched_hour < oldest &&
           (!entry.is_live() || second_of(entry.incident.occurred) < counted_from_);
  });
  live_ = 0;
  table_.for_each([&](const IncidentEntry& entry) { live_ += entry.is_live() ? 1 : 0; });
}

void Engine::State::roll_to(Hour hour) {
  if (counted_from_ != start_of(oldest_hour(settings_, hour))) forget(hour);
  hour_ = hour;
  recent_from_ = window_start(hour, settings_.windows_hours.back());
}

void Engine::State::evaluate(const LevelCounts& level, const std::vector<model::Cell>& cells) {
  const double mean_rate = observed_.mean_rate(level.cells());
  for (const model::Cell cell : cells) {
    const ZoneCounts* zone = level.find(cell);
    publication_.set(
        cell, zone == nullptr ? std::nullopt : scorer_.score(cell, *zone, observed_, mean_rate));
  }
}

void Engine::State::evaluate(bool hour_rolled) {
  const Observation seen = observe(totals_, settings_, hour_);
  const bool all = hour_rolled || cells_.empty() || !(seen == observed_);
  observed_ = seen;
  cells_.resize(levels_.size());
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    LevelCounts& level = levels_[i];
    const std::vector<model::Cell> changed = level.take_changed();
    evaluate(level, changed);
    if (all || cells_[i] != level.cells()) evaluate(level, level.recent());
    if (hour_rolled) level.keep_recent(recent_from_);
    cells_[i] = level.cells();
  }
}

std::vector<model::TileDelta> Engine::State::advance(model::Version version, Instant as_of) {
  if (advanced_ && (version <= version_ || as_of < as_of_)) {
    throw std::invalid_argument("Engine::advance: versions must rise and time must not fall");
  }
  if (!is_tick_time(as_of)) throw std::invalid_argument("Engine::advance: time out of range");
  const Hour hour = hour_of(as_of);
  const bool hour_rolled = !advanced_ || hour != hour_;
  const bool changed = !pending_.empty();
  advanced_ = true;
  version_ = version;
  as_of_ = as_of;
  if (hour_rolled) {
    // Pending entries have the highest of all hours, and so are not forgotten.
    roll_to(hour);
  }
  stamp_pending();
  if (!hour_rolled && !changed) return {};
  evaluate(hour_rolled);
  return publication_.publish(version, as_of);
}

// Only what has enough persons in the longest window, or ahead of it, can become a hotspot, or
// stop being one, as hours pass. What lies in the future is looked at every hour.
std::optional<Instant> Engine::State::next_change() const {
  if (!advanced_) return std::nullopt;
  const auto may_show = [&](const LevelCounts& level) {
    return std::any_of(level.recent().begin(), level.recent().end(), [&](model::Cell cell) {
      const ZoneCounts* zone = level.find(cell);
      return zone != nullptr && zone->persons(recent_from_, std::numeric_limits<Second>::max()) >=
                                    static_cast<std::uint64_t>(settings_.count_min);
    });
  };
  // A cell's persons are also those of the cells that hold it, and there are fewest of these.
  if (!may_show(levels_.front())) return std::nullopt;
  return instant_of_second(start_of(hour_ + 1));
}

std::vector<model::TileState> Engine::State::tiles() const {
  std::vector<model::TileState> shown;
  for (const auto& [tile, state] : publication_.tiles()) {
    if (!state.hotspots.empty()) shown.push_back(state);
  }
  return shown;
}

std::size_t Engine::State::bytes() const {
  std::size_t bytes = table_.bytes() + totals_.bytes() + publication_.bytes() +
                      pending_.capacity() * sizeof(IncidentKey);
  for (const LevelCounts& level : levels_) bytes += level.bytes();
  return bytes;
}

std::string Engine::State::checkpoint() const {
  CheckpointContent content{advanced_, version_, as_of_, {}, {}};
  content.incidents.reserve(table_.size());
  table_.for_each([&](const IncidentEntry& entry) { content.incidents.push_back(entry); });
  std::sort(content.incidents.begin(), content.incidents.end(),
            [](const IncidentEntry& a, const IncidentEntry& b) { return a.key < b.key; });
  for (const auto& [tile, state] : publication_.tiles()) content.tiles.push_back(state);
  return encode_checkpoint(settings_, content);
}

// The counts are made again; the next `advance` evaluates everything, and so finds what the
// engine that wrote the checkpoint would have found.
void Engine::State::restore(CheckpointContent content) {
  advanced_ = content.advanced;
  version_ = content.version;
  as_of_ = content.as_of;
  if (advanced_) roll_to(hour_of(as_of_));
  std::sort(content.incidents.begin(), content.incidents.end(),
            [](const IncidentEntry& a, const IncidentEntry& b) {
              return a.incident.occurred < b.incident.occurred;
            });
  for (const IncidentEntry& entry : content.incidents) {
    IncidentEntry& held = table_.insert(entry.key);
    held = entry;
    if (entry.touched_hour == IncidentEntry::kPending) pending_.push_back(entry.key);
    if (!entry.is_live()) continue;
    ++live_;
    count(entry.incident);
  }
  for (model::TileState& tile : content.tiles) publication_.restore(std::move(tile));
}

}  // namespace commonwatch::hotspot
