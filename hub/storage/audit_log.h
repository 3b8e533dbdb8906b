// The audit log: records in the order in which they became durable, numbered and chained, so that
// nothing can be changed, taken away or moved unseen by somebody who holds a head of the chain.
// Knows nothing of what a record says.
//
// One thread writes (started by `open`). Everything here may be called from any thread; callbacks
// run on the writing thread, must not block, and may call nothing here but `append`. A failed write
// or sync is final: every later call answers kInternal, `failed()` is true, and the process has to
// be restarted. What is asked after `close` began is answered with kShuttingDown.
//
// Needs no running hub. The format on disk: docs/LOG_FORMAT.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/limits.h"
#include "hub/model/audit.h"
#include "hub/storage/held_head.h"

namespace commonwatch::storage {

class AuditDatabase;

// The chain behind a record. Sequence 0: nothing was ever recorded, the hash is zeros.
struct AuditHead {
  model::AuditSequence sequence;
  Hash hash;
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};

struct AuditLogOptions {
  std::filesystem::path directory;  // created if absent, mode 0700
  std::size_t queued_bytes_max = Limits().audit_queued_bytes_max;
  // Opens a log that is damaged or has lost durable records as well, to look at it: `verify` names
  // what is wrong, and nothing is appended.
  bool open_damaged = false;
  // Its files came out of a backup: it ends where they end, whatever was durable once.
  bool restored = false;
  // Below this much free disk it has no room; 0: it always has.
  std::uint64_t disk_free_bytes_min = 0;
};

struct AuditEntry {
  model::AuditSequence sequence;
  Instant at{};
  std::string payload;
};

// What retention took: all records up to this one.
struct ForgottenAudit {
  model::AuditSequence last;
  Instant at{};  // of that one
};

struct AuditVerifyReport {
  std::uint64_t records = 0;
  std::optional<ForgottenAudit> forgotten;
  AuditHead head;
  std::vector<std::string> faults;  // each names the record; empty: sound
  std::vector<FoundHead> held;      // of the heads that were given, in their order
};

class AuditLog {
 public:
  using AppendedCallback = std::function<void(Result<AuditHead>)>;

  // Opens or creates. Refuses (kInternal) a directory that another process has open, and, unless
  // told otherwise, a log that ends before what was durable.
  static Result<std::unique_ptr<AuditLog>> open(const AuditLogOptions& options);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Appends a record; one sync serves all that wait. `appended` is called once, when the record is
  // durable, with the chain's head behind it; not at all if this call answers an error:
  // kRateLimited: too much waits (`queued_bytes_max`), kShuttingDown, kInternal.
  Result<void> append(Instant at, std::string payload, AppendedCallback appended = {});
  // Waits until everything that was appended before is durable. Blocks.
  Result<AuditHead> flush();

  // What is durable.
  AuditHead head() const;
  // What retention took; nothing: every record is there.
  std::optional<ForgottenAudit> forgotten() const;
  bool failed() const;
  // Whether there is room on the disk for records of what somebody may yet do; looked at once a
  // second. What is appended nevertheless is taken: it was done.
  bool has_room() const;

  // The records from `from` on, at most `records_max`; empty at the end. kInternal names a record
  // that is damaged or missing.
  Result<std::vector<AuditEntry>> read(model::AuditSequence from, std::size_t records_max) const;

  // Takes away the oldest records, up to the first that is of `before` or later, and says how many.
  // What is left still verifies, and proves how old the last one was that went. Blocks: not on an
  // I/O thread.
  Result<std::uint64_t> forget_before(Instant before);

  // Reads everything: checksums, numbers without gaps, the chain, and where on it the given heads
  // stand. With `kept_since`, records of that time or later must not have been forgotten.
  AuditVerifyReport verify(const std::vector<HeldHead>& held = {},
                           std::optional<Instant> kept_since = {}) const;

  // Makes durable what was appended, answers everything, stops the thread. Called by the
  // destructor if nobody did.
  void close();

 private:
  friend class AuditSteps;
  friend class BackupDirectory;
  const AuditDatabase& database() const;

  class Impl;
  explicit AuditLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonwatch::storage
