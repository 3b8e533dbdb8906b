// Persons counted by zone and by occurred time: sums of integers, so that what is taken back
// leaves nothing behind. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "hub/hotspot/hours.h"
#include "hub/model/cell.h"

namespace commonwatch::hotspot {

// Persons of one zone at one second of occurred time. Hours are cut when they are counted: the
// second is kept because a hotspot states when the last incident occurred.
struct Moment {
  Second second = 0;
  std::uint32_t persons = 0;
  std::uint32_t fatal = 0;
};

class ZoneCounts {
 public:
  void add(const Moment& moment);
  // Of what was added before.
  void subtract(const Moment& moment);
  // Drops everything before `from`.
  void trim(Second from);

  const std::vector<Moment>& moments() const { return moments_; }  // by second
  bool is_empty() const { return moments_.empty(); }
  // Persons in [from, to).
  std::uint64_t persons(Second from, Second to) const;
  // The same; quick when the span is nearly that of the last call, as a trailing period is.
  std::uint64_t trailing_persons(Second from, Second to) const;

  // Marks of the level that owns the zone.
  bool dirty = false;
  bool recent = false;

 private:
  struct Span {
    Second from = 0;
    Second to = 0;
    std::uint64_t persons = 0;
    bool holds(Second second) const { return second >= from && second < to; }
  };
  void merge(const Moment& moment);

  std::vector<Moment> moments_;
  mutable Span trailing_;  // of the last call of `trailing_persons`
};

// The zones of one S2 level.
class LevelCounts {
 public:
  explicit LevelCounts(int level) : level_(level) {}

  int level() const { return level_; }
  // Cells that hold anything.
  std::size_t cells() const { return zones_.size(); }
  const ZoneCounts* find(model::Cell cell) const;

  void add(model::Cell cell, const Moment& moment, Second recent_from);
  void subtract(model::Cell cell, const Moment& moment);
  void trim(Second from);

  // Cells changed since the last call, in order; those that hold nothing any more are dropped.
  std::vector<model::Cell> take_changed();
  // Cells that may hold something at or behind the `recent_from` they were added with.
  const std::vector<model::Cell>& recent() const { return recent_; }
  // Drops from the recent ones those that hold nothing at or behind `from`.
  void keep_recent(Second from);

  std::size_t bytes() const;

 private:
  ZoneCounts& touch(model::Cell cell);

  int level_;
  std::unordered_map<model::Cell, ZoneCounts> zones_;
  std::vector<model::Cell> changed_;
  std::vector<model::Cell> recent_;
};

// Persons of the whole jurisdiction by hour of occurred time.
class HourTotals {
 public:
  struct Total {
    Hour hour = 0;
    std::uint64_t persons = 0;
  };
  void add(Hour hour, std::uint64_t persons);
  void subtract(Hour hour, std::uint64_t persons) { add(hour, ~persons + 1); }
  void trim(Hour from);
  const std::vector<Total>& totals() const { return totals_; }  // by hour
  std::size_t bytes() const { return totals_.capacity() * sizeof(Total); }

 private:
  std::vector<Total> totals_;
};

}  // namespace commonwatch::hotspot
