// The engine: from the current set of incidents to the hotspots that an audience is shown.
//
// Pure: no clock, no threads, no I/O. The same calls in the same order give the same deltas and
// the same checkpoint bytes, on any machine. Counts are sums of integers over the *current* set of
// incidents, so that late, corrected and retracted reports leave what they would have left had
// they come right in the first place. What is shown depends on that set and on the hour of
// `as_of`, and on nothing else: not on the order of the calls, nor on how many ticks there were.
//
// Time is cut into UTC hours. A window of W hours is the hour of `as_of` and the W - 1 before it.
// How a zone is scored: scoring.h; what it is compared with, also when the log is young:
// observation.h; which of overlapping cells is shown: publication.h.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/hotspot.h"
#include "hub/model/ids.h"

namespace commonwatch::hotspot {

// Changes whenever the same log would give other hotspots.
inline constexpr std::uint32_t kEngineVersion = 1;

// What the fold follows; part of the configuration event, as `hotspot.<name> = value`.
struct Settings {
  // S2 levels of the cells that are counted, 9 to 20: about 4.5, 2.3 and 1.1 km wide.
  std::vector<int> levels = {11, 12, 13};
  // Windows of occurred time, in hours.
  std::vector<int> windows_hours = {6, 12, 24, 48, 96, 168};
  // A hotspot has at least this many persons.
  int count_min = 3;
  // Strength of the prior in days of exposure: how long a cell must be watched until its own rate
  // weighs as much as the mean of all. Ten years: one year tells little about a single cell (most
  // have fewer than five persons in it), so that a cell is measured mostly against the mean cell
  // of the jurisdiction, and only a little against its own past. A place that is busy all the
  // time therefore shows while it is busy, which is right as long as nothing else shows it.
  double prior_days = 3650;
  // Days before now that do not count into the trailing rate.
  int guard_days = 7;
  // Length of the trailing period.
  int trailing_days = 365;
  // Scores (-log10 of the tail probability) from which a hotspot is a note, a watch, an alert.
  double note_score = 3;
  double watch_score = 4;
  double alert_score = 5;

  // One `key = value` a line, sorted; the same settings give the same text.
  std::string canonical() const;
};

// Names an incident across its changes. 128 bits of a hash; see `incident_key`.
struct IncidentKey {
  std::array<std::uint64_t, 2> words{};
  friend auto operator<=>(const IncidentKey&, const IncidentKey&) = default;
};
IncidentKey incident_key(const model::SourceName& source, std::string_view record_id);

// What is counted of an incident.
struct Incident {
  Instant occurred{};
  model::Cell cell;  // of model::kLeafLevel
  std::uint32_t persons = 1;
  std::uint32_t fatal = 0;
  friend bool operator==(const Incident&, const Incident&) = default;
};

class Engine {
 public:
  // Throws Failure if a setting is out of range.
  explicit Engine(Settings settings);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // The incident as it is known from `revision` on; nothing: it never was. A revision lower than
  // one applied before changes nothing. What occurred, and was last reported, more than about 400
  // days ago (the trailing period, the guard, 28 days) is forgotten.
  void apply(const IncidentKey& key, std::uint32_t revision, const std::optional<Incident>& now);

  // Moves to a tick and gives what changed since the last one, in order of tile; often nothing.
  // Versions rise from call to call and time never falls; anything else throws, as a programmer's
  // fault. `as_of` is the tick's recorded time; what occurs in a later hour is not counted yet.
  std::vector<model::TileDelta> advance(model::Version version, Instant as_of);

  // When the passing of time alone may change a hotspot next: not before this moment (recorded
  // time, later than the last `advance`). Nothing: only an `apply` can change something. A caller
  // that advances at the first tick at or behind this moment, and at the first behind every
  // `apply`, gets the deltas of one that advances at every tick.
  std::optional<Instant> next_change() const;

  // Everything that is shown, by tile in order, as of the last `advance`. Tiles that became empty
  // are left out.
  std::vector<model::TileState> tiles() const;

  model::Version version() const;
  Instant as_of() const;
  // Incidents held, and an estimate of the memory they and the counts take.
  std::size_t incidents() const;
  std::size_t bytes() const;

  // The whole state; the same state gives the same bytes.
  std::string checkpoint() const;
  // kInternal: the bytes are damaged, of another engine version, or of other settings.
  static Result<Engine> restore(Settings settings, std::string_view checkpoint);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::hotspot
