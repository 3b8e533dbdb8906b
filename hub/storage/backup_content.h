// What a backup says of itself, beside the files of its logs. Decoders give nothing for bytes that
// are not of this format (docs/LOG_FORMAT.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/storage/backup_directory.h"

namespace commonwatch::storage {

// With the log's files.
struct BackupRecord {
  Instant taken{};
  model::Offset end;
  Hash chain_head;
  std::string record_key;  // of the file `record.key`
  std::string tokens;      // of the file `tokens`; empty: there was none
};
std::string encode_backup_record(const BackupRecord& record);
std::optional<BackupRecord> decode_backup_record(std::string_view bytes);

// With the audit log's files, which are copied behind the log's. A log's backup without one was
// never completed.
struct BackupCompletion {
  std::uint32_t number = 0;  // of the log's backup
  model::Offset end_max;     // nothing of it or above is in that
};
std::string encode_backup_completion(const BackupCompletion& completion);
std::optional<BackupCompletion> decode_backup_completion(std::string_view bytes);

}  // namespace commonwatch::storage
