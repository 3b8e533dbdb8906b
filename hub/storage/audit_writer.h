// The serial step of the audit log: takes what is queued, writes it in one batch, syncs once,
// answers. The thread that steps it is its own, unless the log was opened to be stepped.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "hub/storage/audit_codec.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/database.h"
#include "hub/storage/watermark.h"

namespace rocksdb {
class WriteBatch;
}

namespace commonwatch::storage {

// Where a log begins and ends, as it lies on the disk.
struct AuditEnds {
  std::optional<AuditLink> anchor;
  AuditHead head;
};
// Of a database whose last record, made durable, is the head's.
Watermark audit_watermark(const AuditDatabase& database, const AuditHead& head);

class AuditWriter {
 public:
  // Both outlive it. Starts the thread, unless `stepped`.
  AuditWriter(const AuditDatabase& database, WatermarkFile& watermark, const AuditEnds& ends,
              const AuditLogOptions& options, bool stepped);
  ~AuditWriter();
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;

  // Any thread, as the functions of AuditLog.
  Result<void> append(Instant at, std::string payload, AuditLog::AppendedCallback appended);
  // Forgets everything up to the link's record, or nothing but waits its turn.
  Result<void> forget(std::optional<AuditLink> last, AuditLog::AppendedCallback done);
  AuditEnds durable() const;
  bool failed() const;
  bool has_room() const { return has_room_.load(); }
  // Writes what is queued, ends the thread.
  void close();

  // --- the writing thread --------------------------------------------------------------------
  // What waits, after `wait` at the latest, at most a commit's worth; false: nothing did.
  bool commit_waiting(std::chrono::milliseconds wait);
  // What is due about once a second: syncs the watermark, looks at the disk.
  void keep_house();

 private:
  struct Operation {
    Instant at{};
    std::string payload;
    bool appends = false;
    std::optional<AuditLink> forgets;
    AuditLog::AppendedCallback done;
  };
  using Group = std::vector<Operation>;

  Result<void> push(Operation operation);
  void run();
  Group take(std::chrono::milliseconds wait);
  void commit(Group& group);
  Result<void> write(rocksdb::WriteBatch& batch);
  void fail(const Error& error);
  void sync_watermark();

  const AuditDatabase& database_;
  WatermarkFile& watermark_;
  const std::size_t queued_bytes_max_;
  const std::uint64_t disk_free_bytes_min_;
  std::atomic<bool> has_room_;
  // The writing thread's; durable_ follows under the mutex.
  AuditEnds ends_;
  bool watermark_behind_ = false;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Operation> waiting_;
  std::size_t queued_bytes_ = 0;  // of what waits and of what is being written
  AuditEnds durable_;
  std::optional<Error> failure_;
  bool closed_ = false;
  const bool stepped_;
  std::thread thread_;
};

}  // namespace commonwatch::storage
