// What is behind `Engine`: the incidents, the counts made of them, and what is shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/hotspot/checkpoint.h"
#include "hub/hotspot/engine.h"
#include "hub/hotspot/hours.h"
#include "hub/hotspot/incident_table.h"
#include "hub/hotspot/observation.h"
#include "hub/hotspot/publication.h"
#include "hub/hotspot/scoring.h"
#include "hub/hotspot/zone_counts.h"

namespace commonwatch::hotspot {

// Hotspots are a function of the incidents counted, of the hour of `as_of`, and of nothing else:
// what is evaluated at a tick is only a saving. A zone is evaluated when its counts changed, when
// the hour rolled, or when what all are compared with (the observation, the number of cells of
// its level) changed.
class Engine::State {
 public:
  explicit State(Settings settings);
  State(const State&) = delete;  // the scorer refers to the settings
  State& operator=(const State&) = delete;

  void apply(const IncidentKey& key, std::uint32_t revision, const std::optional<Incident>& now);
  std::vector<model::TileDelta> advance(model::Version version, Instant as_of);
  std::optional<Instant> next_change() const;
  std::vector<model::TileState> tiles() const;
  std::string checkpoint() const;
  void restore(CheckpointContent content);

  model::Version version() const { return version_; }
  Instant as_of() const { return as_of_; }
  std::size_t incidents() const { return live_; }
  std::size_t bytes() const;

 private:
  void count(const Incident& incident);
  void uncount(const Incident& incident);
  // Whether the incident is counted as of the last tick, and when.
  std::optional<Moment> moment_of(const Incident& incident) const;

  void roll_to(Hour hour);
  void forget(Hour hour);
  void stamp_pending();
  // `hour_rolled`: every zone that may be a hotspot is evaluated, not only the changed ones.
  void evaluate(bool hour_rolled);
  void evaluate(const LevelCounts& level, const std::vector<model::Cell>& cells);

  Settings settings_;
  Scorer scorer_{settings_};
  IncidentTable table_;
  std::vector<LevelCounts> levels_;
  HourTotals totals_;
  Publication publication_{settings_.levels};
  std::vector<IncidentKey> pending_;  // changed since the last tick
  std::size_t live_ = 0;

  bool advanced_ = false;
  model::Version version_;
  Instant as_of_{};
  Hour hour_ = 0;
  Second counted_from_;  // older incidents are not counted
  Second recent_from_;   // start of the longest window

  Observation observed_;            // of the last evaluation
  std::vector<std::size_t> cells_;  // by level, of the last evaluation
};

}  // namespace commonwatch::hotspot
