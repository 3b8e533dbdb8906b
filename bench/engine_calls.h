// What the fold of a stored log asks of its engine, so that an engine alone can be asked the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "hub/base/clock.h"
#include "hub/hotspot/engine.h"
#include "hub/linkage/linker.h"
#include "hub/pipeline/configuration.h"
#include "hub/storage/event_log.h"

namespace commonwatch::bench {

// The log of a data directory that no hub has open: with one source, and one audience.
class FoldedLog {
 public:
  // Incomplete if it cannot be opened, or these are not its settings. `options`: as the hub's.
  FoldedLog(const storage::LogOptions& options, const hotspot::Settings& settings);

  // Folds all of it, from the beginning, as a replay of hotspots does. Deltas that came of it.
  std::uint64_t fold() const;
  const storage::EventLog& log() const { return *log_; }
  const pipeline::Epoch& epoch() const { return *epoch_; }
  model::TickLength tick() const { return tick_; }
  // The last tick.
  model::Version end() const;

 private:
  SystemClock clock_;
  model::TickLength tick_;
  std::unique_ptr<storage::EventLog> log_;
  std::optional<pipeline::Epoch> epoch_;
};

struct EngineTick {
  std::vector<linkage::IncidentChange> changes;
  std::vector<hotspot::Calibration> calibrations;  // that came before it
  std::vector<hotspot::Silence> silences;
  model::Version version;
  Instant as_of{};
};

struct EngineCalls {
  std::vector<EngineTick> ticks;
  std::uint64_t findings = 0;  // of all ticks together
};

EngineCalls record_calls(const FoldedLog& log);
// Asks a new engine. Seconds; Incomplete if it finds more or less.
double ask_engine(const EngineCalls& calls, const hotspot::Settings& settings);

}  // namespace commonwatch::bench
