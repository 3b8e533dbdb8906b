// What the hub does for its audit log beside the records of what others do: says that it starts and
// stops, hands out the heads of both chains, forgets what is old. On the main thread.
#pragma once

#include <cstdint>
#include <string>

#include "hub/base/clock.h"
#include "hub/model/paging.h"
#include "hub/pipeline/audit_trail.h"
#include "hub/pipeline/configuration.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

// The line for the system log, which should leave the machine: whoever keeps it can prove later
// that nothing behind it was rewritten.
std::string heads_line(const storage::LogHead& events, const storage::AuditHead& audit);

// A step of waking somebody.
void audit_page(pipeline::AuditTrail& trail, const model::Paging& step);

class AuditWatch {
 public:
  // All outlive it.
  AuditWatch(storage::AuditLog& audit, pipeline::AuditTrail& trail, const storage::EventLog& events,
             const Clock& clock);

  // The hub serves from here on.
  void begin(const pipeline::Epoch& epoch);
  // About once a second, with what is in force. Blocks for as long as it takes to forget, once a
  // day. False: the audit log failed, and the hub must not go on.
  bool watch(const pipeline::Epoch& epoch, std::uint32_t keep_days);
  // Nothing more happens: the last record. Blocks until it is durable.
  void end();

 private:
  void hand_out_heads();
  void note_epoch(const pipeline::Epoch& epoch);
  void forget_old(std::uint32_t keep_days);

  storage::AuditLog& audit_;
  pipeline::AuditTrail& trail_;
  const storage::EventLog& events_;
  const Clock& clock_;
  model::EngineEpoch epoch_;  // that was recorded last
  Duration heads_due_{0};
  Duration forget_due_{0};
  std::uint64_t lost_said_ = 0;
};

}  // namespace commonwatch::app
