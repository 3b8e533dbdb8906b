// The steps of logs that were opened without threads (OpenHooks::stepped), for a simulation that
// takes them one at a time, on one thread. Not part of the room's contract.
#pragma once

#include <chrono>
#include <optional>

#include "hub/storage/audit_log.h"
#include "hub/storage/event_log.h"

namespace commonwatch::storage {

class LogSteps {
 public:
  // Outlives it.
  explicit LogSteps(EventLog& log) : log_(log) {}

  // What waits, as far as one commit takes it; false: nothing did.
  bool commit();
  // Retention and erasure. When to go on: at once (0), or later, when another thread, or the
  // indexes, may have come further; nothing: there is nothing to do.
  std::optional<std::chrono::milliseconds> rewrite();
  // What is due about once a second.
  void keep_house();
  // Durable chunks into the indexes; false: they have everything, or failed.
  bool index();

 private:
  EventLog& log_;
};

class AuditSteps {
 public:
  // Outlives it.
  explicit AuditSteps(AuditLog& log) : log_(log) {}

  // As LogSteps.
  bool commit();
  void keep_house();

 private:
  AuditLog& log_;
};

}  // namespace commonwatch::storage
