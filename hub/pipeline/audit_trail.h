// What happens in the hub, on its way to the audit log: stamped, bounded, encoded, and refusals
// folded. Any thread; nothing here blocks.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "hub/access/principal.h"
#include "hub/access/refusals.h"
#include "hub/base/clock.h"
#include "hub/base/limits.h"
#include "hub/model/area.h"
#include "hub/model/audit.h"
#include "hub/storage/audit_log.h"

namespace commonwatch::pipeline {

// Who acts, as a connection or request knows it.
struct AuditActor {
  std::string session;
  std::string principal;
  std::string audience;
  std::string address;  // with the port
  std::string purpose;
};

class AuditTrail {
 public:
  // All outlive it. Of `limits`: the bounds on records and on refusals that are held.
  AuditTrail(storage::AuditLog& log, const Clock& clock, const Limits& limits);

  // The version of the agreements, for what is recorded from here on.
  void set_agreement(std::string version);

  // Before what is to be recorded is done. kNoSpace: the disk has too little room left for the
  // record.
  Result<void> check_room() const;

  // Stamps it, cuts what is too long, and appends it. A record that finds no room in the queue is
  // lost, counted, and the next one says so.
  void record(model::AuditRecord record);
  // The same, of what `actor` did; `refused` if it was not granted.
  void record(const AuditActor& actor, model::AuditKind kind, std::string action,
              model::AuditObject object = {}, std::optional<ErrorCode> refused = {});
  // Somebody was refused before it was known who it is. `peer`: address and port.
  void refuse(const std::string& peer, ErrorCode reason);
  // About once a second: records the refusals of the minutes that ended; `all`: every one, before
  // the end.
  void flush_refusals(bool all = false);
  // Records that found no room, since the start.
  std::uint64_t lost() const { return lost_.load(); }

  // The cells that name the area in a record: at most `audit_cells_max`, coarser where it is large.
  // None: everywhere, or the request is no area.
  std::vector<model::Cell> cells_of(const model::AreaRequest& area) const;

 private:
  Result<void> append(const model::AuditRecord& record);

  storage::AuditLog& log_;
  const Clock& clock_;
  const Limits& limits_;
  std::mutex mutex_;
  std::string agreement_;
  access::Refusals refusals_;
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<std::uint64_t> lost_unsaid_{0};
};

}  // namespace commonwatch::pipeline
