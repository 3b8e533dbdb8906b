// A directory of backups of one hub: each holds the log and the audit log as they stood at one
// moment while the hub ran, the key of its records and its tokens. A file that two backups have in
// common lies there once, so that a later backup costs what is new.
//
// Not in it: the configuration, TLS keys, checkpoints and indexes (a start makes these anew).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/ids.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/event_log.h"

namespace commonwatch::storage {

// Backups that one directory keeps at most.
inline constexpr std::uint64_t kBackupsKeptMax = 10'000;

struct BackupContent {
  std::uint32_t number = 0;
  Instant taken{};
  model::Offset end;  // everything below is in it,
  Hash chain_head;    // with this head there,
  model::Offset end_max;  // and nothing of this or above
  std::uint64_t bytes = 0;  // of the log, with what it shares with other backups
};

class BackupDirectory {
 public:
  // Creates it if there is none, mode 0700. kInternal: it cannot be written, or another backup to
  // it is under way.
  static Result<std::unique_ptr<BackupDirectory>> open(const std::filesystem::path& path);
  ~BackupDirectory();
  BackupDirectory(const BackupDirectory&) = delete;
  BackupDirectory& operator=(const BackupDirectory&) = delete;

  // Copies what is new of the logs, which lie in `data` and may be written meanwhile, and adds the
  // backup to the list in `data` (backup_list.h). Synced. Blocks. What a failure or a crash leaves
  // of a backup is none, and goes with the next. kShuttingDown: `is_wanted`, asked now and then,
  // said no.
  Result<BackupContent> take(const EventLog& log, const AuditLog& audit,
                             const std::filesystem::path& data, Instant now,
                             const std::function<bool()>& is_wanted = {});
  // Removes all but the newest `count`, and takes them off the list.
  Result<void> keep_newest(std::uint32_t count, const std::filesystem::path& data);

 private:
  class Impl;
  explicit BackupDirectory(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The whole backups of a directory, oldest first. kNotFound: it holds none.
Result<std::vector<BackupContent>> list_backups(const std::filesystem::path& path);

// Makes the data directory `data`, which must not exist or be empty, from a backup: all of it or
// nothing. The log gets a new epoch, so that nobody resumes where the restored log never was.
// Every file is checked against its checksum. kNotFound: there is no backup of that number;
// kInvalidRequest: `data` is in use; kInternal: the backup is damaged, and where.
Result<BackupContent> restore_backup(const std::filesystem::path& path, std::uint32_t number,
                                     const std::filesystem::path& data);

}  // namespace commonwatch::storage
