// Makes calibrations, off the hot path, and appends each to the log as an event of the hub's own.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include "hub/base/error.h"
#include "hub/hotspot/calibration.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

class Calibrator {
 public:
  // `log` outlives it.
  explicit Calibrator(storage::EventLog& log) : log_(log) {}
  ~Calibrator() { stop(); }

  // Begins in the background, on one thread of low priority; one at a time: false while one runs.
  // A failure of the log ends it silently, as it ends the hub.
  // Whose fold it is for goes into the event.
  bool start(hotspot::NullModel model, std::string audience);
  // On all cores; returns when the calibration is durable, or kShuttingDown after `stop`.
  Result<void> run(const hotspot::NullModel& model, const std::string& audience);
  // Ends what runs, within one replicate. Nothing is begun any more. Any thread.
  void stop();

 private:
  storage::EventLog& log_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> running_{false};
  std::mutex mutex_;  // of `thread_`: `stop` comes from another thread than `start`
  std::thread thread_;
};

}  // namespace commonwatch::pipeline
