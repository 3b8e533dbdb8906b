// What tells from outside whether the hub is well: gauges that are brought up to date at every
// scrape, and a warning when the clock goes wrong.
#pragma once

#include <filesystem>
#include <functional>

#include "hub/base/clock.h"
#include "hub/pipeline/aggregation.h"
#include "hub/storage/event_log.h"
#include "hub/telemetry/metrics.h"

namespace commonwatch::app {

class VitalSigns {
 public:
  // Everything outlives it.
  VitalSigns(std::filesystem::path data, const storage::EventLog& log, const pipeline::Channels& channels,
             const pipeline::Aggregation& aggregation, const Clock& clock,
             telemetry::Metrics& metrics, std::function<bool()> is_ready);

  // Any thread.
  void refresh() const;
  // Says once when the wall clock begins to differ from recorded time. One thread.
  void watch_clock();

 private:
  void refresh_process() const;
  Duration clock_offset() const;

  const std::filesystem::path data_;
  const storage::EventLog& log_;
  const pipeline::Channels& channels_;
  const pipeline::Aggregation& aggregation_;
  const Clock& clock_;
  telemetry::Metrics& metrics_;
  const std::function<bool()> is_ready_;
  bool clock_differs_ = false;
};

}  // namespace commonwatch::app
