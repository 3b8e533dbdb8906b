// Opens a data directory: finds out whether it is sound, cuts off what a power cut tore, brings the
// indexes up to date. Blocks; at start only.
#pragma once

#include <filesystem>
#include <memory>

#include "hub/storage/database.h"
#include "hub/storage/event_log.h"
#include "hub/storage/indexes.h"
#include "hub/storage/record_keys.h"
#include "hub/storage/rewritten.h"
#include "hub/storage/source_table.h"
#include "hub/storage/watermark.h"

namespace commonwatch::storage {

// Held while the directory is in use.
class DirectoryLock {
 public:
  static Result<std::unique_ptr<DirectoryLock>> take(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

struct Recovered {
  std::unique_ptr<DirectoryLock> lock;
  std::unique_ptr<WatermarkFile> watermark;
  std::unique_ptr<LogDatabase> log;
  std::unique_ptr<RecordKeys> keys;
  std::unique_ptr<Rewritten> rewritten;
  std::unique_ptr<Indexes> indexes;
  std::unique_ptr<SourceTable> sources;
  model::LogEpoch epoch;
  DurableState durable;
  Hash chain_head;
  Instant ceiling{};
  bool ended = true;  // the last chunk is an end event, or there is none
  OpenReport report;
};

Result<Recovered> recover(const LogOptions& options);

// Makes the files of a log that came out of a backup one that may be opened: with a new epoch, and
// a watermark at their end. `directory`: the data directory, in use by nobody.
Result<void> begin_restored(const std::filesystem::path& directory);

}  // namespace commonwatch::storage
