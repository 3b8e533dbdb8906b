// Looks at the end of RocksDB's newest write-ahead log before RocksDB does, because RocksDB drops a
// truncated last record in silence and refuses the same record with a zeroed page.
//
// The file's format is RocksDB's: blocks of 32 KiB, records of a 7-byte header (masked CRC-32C,
// length, type) or an 11-byte one (with the log's number); a long record is split into fragments.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "hub/base/error.h"
#include "hub/storage/watermark.h"

namespace commonwatch::storage {

struct WalTail {
  std::filesystem::path path;
  std::uint64_t number = 0;
  std::uint64_t file_bytes = 0;
  // End of the last record that is whole. Behind it there is nothing but zeros unless `damaged`.
  std::uint64_t good_bytes = 0;
  bool damaged = false;
  // Behind the damage a record begins that is whole: no power cut leaves that.
  bool valid_behind = false;
};

// Exposed for tests and fuzzing. `number`: the log's own, as its file name has it.
WalTail inspect_wal_bytes(std::string_view bytes, std::uint32_t number);

// The newest *.log of the RocksDB directory; nothing if there is none.
Result<std::optional<WalTail>> inspect_newest_wal(const std::filesystem::path& directory);

// Whether the file is whole as far as the mark says; without a mark it is.
bool reaches(const WalTail& tail, const std::optional<Watermark>& mark);

// Keeps a copy of the file in `kept`, if there is to be one, then cuts it at `good_bytes`; both
// synced.
Result<void> cut_wal_tail(const WalTail& tail, const std::optional<std::filesystem::path>& kept);

}  // namespace commonwatch::storage
