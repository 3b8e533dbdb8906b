// A city in which little happens, for tests that add what they ask about.
#pragma once

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/random.h"

namespace commonwatch::hotspot::test {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

inline const Instant kNow = *parse_rfc3339("2026-03-11T12:30:00Z");
inline constexpr model::LatLng kCorner{40.1153, -75.3441};

inline model::Cell cell_at(model::LatLng where) { return model::Cell::at(where, 20); }

// Such as a county of five overdoses a day gets.
inline Calibration usual_calibration(const std::string& jurisdiction = kWholeJurisdiction) {
  return {jurisdiction, 1, 2, 365, 36'500, 1.0,
          {8, 9.8, 11.5, 13.3, 16}, {14, 30, 100, 365, 3650}};
}

class QuietCity {
 public:
  explicit QuietCity(Settings settings = {}) {
    for (const char* name : {"ems", "police", "hospital"}) partners_.index_of(name);
    engine_.emplace(std::move(settings), partners_);
  }
  Engine& engine() { return *engine_; }
  const model::NameTable& partners() const { return partners_; }

  model::RecordKey report(Instant occurred, model::Cell cell, std::uint32_t persons = 1,
                          model::NameIndex partner = 0) {
    const model::RecordKey key{{next_ * 0x9e3779b97f4a7c15, next_}};
    ++next_;
    engine().apply(key, model::Incident{occurred, occurred, cell, persons, 0, true, {partner}});
    return key;
  }
  model::RecordKey report(Instant occurred, model::LatLng where = kCorner) {
    return report(occurred, cell_at(where));
  }
  // One person a day, each day elsewhere, for so many days before today.
  void observe(int so_many_days, Instant until = kNow) {
    for (int day = 1; day <= so_many_days; ++day) {
      report(until - days(day) + hours(day * 7 % 24 - 12),
             {40 + 0.02 * (day * 17 % 37), -76.9 + 0.03 * (day * 19 % 41)});
    }
  }
  // One person every so many minutes, the last one a minute ago.
  void burst(int persons, int apart_minutes, model::LatLng where = kCorner, Instant until = kNow) {
    for (int i = 0; i < persons; ++i) report(until - minutes(1 + apart_minutes * i), where);
  }
  const std::vector<Finding>& advance(Instant as_of = kNow) {
    engine().advance(model::Version(++version_), as_of);
    return engine().findings();
  }
  std::optional<model::Hotspot> find(const std::string& id) {
    for (const Finding& finding : engine().findings()) {
      if (finding.hotspot.id == id) return finding.hotspot;
    }
    return std::nullopt;
  }
  // Of those found, the one with the highest score that is a cell or block.
  std::optional<model::Hotspot> best() {
    std::optional<model::Hotspot> best;
    for (const Finding& finding : engine().findings()) {
      if (!finding.hotspot.zone.cell.is_valid()) continue;
      if (!best || finding.hotspot.score > best->score) best = finding.hotspot;
    }
    return best;
  }

 private:
  model::NameTable partners_;
  std::optional<Engine> engine_;
  std::uint64_t next_ = 1;
  std::uint64_t version_ = 0;
};

}  // namespace commonwatch::hotspot::test
