// The engine: from the current set of incidents to what lies beyond expectation.
//
// Pure: no clock, no threads, no I/O. The same calls in the same order give the same values and
// the same checkpoint bytes, on any machine. Counts are sums of integers over the *current* set of
// incidents, so that late, corrected and retracted reports leave what they would have left had
// they come right in the first place. What is found depends on that set, on the hour of `as_of`,
// on who is silent, on the calibrations and on what operators decided of sites, and on nothing
// else.
//
// Time is cut into UTC hours. A window of W hours is the hour of `as_of` and the W - 1 before it.
// What is expected: baseline.h. How a zone is scored: scan.h and hub/statistics/likelihood.h. How
// rare that is: calibration.h. Which of overlapping zones is shown: selection.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/hotspot/calibration.h"
#include "hub/hotspot/settings.h"
#include "hub/model/decision.h"
#include "hub/model/hotspot.h"
#include "hub/model/ids.h"
#include "hub/model/name_table.h"
#include "hub/model/record.h"

namespace commonwatch::hotspot {

// Changes whenever the same log would give other hotspots.
inline constexpr std::uint32_t kEngineVersion = 2;

// The best zone of a group beyond the note level.
struct Finding {
  std::string jurisdiction;
  model::Hotspot hotspot;
  friend bool operator==(const Finding&, const Finding&) = default;
};

// Likewise, of a window that is over.
struct LateFinding {
  Finding finding;
  Instant window_end{};  // a full hour, not included
  friend bool operator==(const LateFinding&, const LateFinding&) = default;
};

// What a zone and window score with what is known now.
struct Inspection {
  model::Hotspot hotspot;
  model::Evidence evidence;
};

// What `Inspection::hotspot` of a zone has of the two.
struct Part {
  std::uint32_t count = 0;
  double expected = 0;
  friend bool operator==(const Part&, const Part&) = default;
};

// Where the set of incidents changed.
struct Touch {
  model::Cell cell;  // of model::kLeafLevel
  Instant occurred{};
};

// An episode whose incidents are no part of the null.
struct Excluded {
  std::string jurisdiction;
  model::Zone zone;
  Instant from{};
  Instant to{};
};

// A calibration that is to be made.
struct Due {
  std::string jurisdiction;
  model::Version version;
  friend bool operator==(const Due&, const Due&) = default;
};

class Engine {
 public:
  // Throws Failure if a setting is out of range. `partners` outlives the engine, wherever that is
  // moved to.
  Engine(Settings settings, const model::NameTable& partners);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // The incident as it is known now; nothing: there is none of that key. What occurred more than
  // about 400 days ago (the trailing period, the guard, 28 days) is forgotten.
  void apply(const model::RecordKey& key, const std::optional<model::Incident>& now);
  void decide(const model::SiteDecision& decision);
  // All partners that are silent now.
  void set_silences(std::vector<Silence> silences);
  void apply(const Calibration& calibration);

  // Moves to a tick. Versions rise from call to call and time never falls; anything else throws,
  // as a programmer's fault. `as_of` is the tick's recorded time. True if anything of what follows
  // may differ from before.
  bool advance(model::Version version, Instant as_of);

  // As of the last `advance`; in order of jurisdiction, then of id.
  const std::vector<Finding>& findings() const;
  // Found because reports came late between the last two calls of `advance` (late.h).
  const std::vector<LateFinding>& late_findings() const;
  // Each in order of id.
  const std::vector<model::Place>& places() const;
  const std::vector<model::Proposal>& proposals() const;
  const std::vector<model::Comparison>& comparisons() const;
  // Where incidents changed between the last two calls of `advance`.
  const std::vector<Touch>& touched() const;
  // `window_end` is a full hour; that behind `as_of` is the present window.
  Inspection inspect(const std::string& jurisdiction, const model::Zone& zone,
                     std::uint32_t window_hours, Instant window_end) const;
  // Of each of the zones, none twice, in one look at the reports however many zones there are.
  std::vector<Part> parts(const std::string& jurisdiction, std::span<const model::Zone> zones,
                          std::uint32_t window_hours, Instant window_end) const;
  // Whether an area or a facility holds the cell (of model::kLeafLevel).
  bool covers(const std::string& jurisdiction, const model::Zone& zone, model::Cell cell) const;

  // When the passing of time alone may change what is found: not before this moment (recorded
  // time, later than the last `advance`). Nothing: only another call can change something. A
  // caller that advances at the first tick at or behind this moment, and at the first behind every
  // other call, gets what one gets that advances at every tick.
  std::optional<Instant> next_change() const;

  // Calibrations that are due, since when: as soon as there is none and exposure enough for one;
  // else nightly (at four, local time), when the exposure has grown by a quarter until a year is
  // full, or when the rate has moved by a fifth. In order of jurisdiction.
  const std::vector<Due>& due() const;
  // What to simulate for one of them.
  NullModel null_model(const Due& due, const std::vector<Excluded>& excluded) const;
  // The next moment behind `as_of` at which a calibration may become due.
  Instant next_calibration_time(Instant as_of) const;

  // What operators decided of geocodes, in order of cell.
  std::vector<model::SiteDecision> site_decisions() const;
  const Settings& settings() const;
  model::Version version() const;
  Instant as_of() const;
  // Incidents held, and an estimate of the memory they and the counts take.
  std::size_t incidents() const;
  std::size_t bytes() const;

  // The whole state; the same state gives the same bytes.
  std::string checkpoint() const;
  // kInternal: the bytes are damaged, of another engine version, or of other settings.
  static Result<Engine> restore(Settings settings, const model::NameTable& partners,
                                std::string_view checkpoint);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::hotspot
