// The durable watermark: a small file beside the log that says how far the log was durable, because
// RocksDB alone opens without a word when synced bytes of its write-ahead log are gone.
//
// Two slots are written in turn and synced about once a second: what they say holds after a power
// cut. A third is written after every commit and not synced: what it says holds after a crash of
// the process, which leaves the page cache alone (told by the machine's boot id). Nothing is
// written before the log is durable as far as that, so that a log that falls short of a slot lost
// something.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hub/storage/event_log.h"

namespace commonwatch::storage {

struct Watermark {
  model::LogEpoch epoch;
  model::Offset end;
  std::string chain_head_prefix;  // 8 bytes: of the last chunk below `end`
  std::uint64_t wal_number = 0;   // the write-ahead log file in use, and its length then
  std::uint64_t wal_bytes = 0;
};

struct WatermarkFound {
  std::optional<Watermark> synced;  // survives a power cut
  std::optional<Watermark> exact;   // of this boot of the machine: what was last answered
};

inline constexpr std::size_t kChainHeadPrefixBytes = 8;

// A random id of this boot of the machine, 16 bytes.
const std::string& machine_boot_id();

// Not thread-safe.
class WatermarkFile {
 public:
  ~WatermarkFile();
  WatermarkFile(const WatermarkFile&) = delete;
  WatermarkFile& operator=(const WatermarkFile&) = delete;

  // Creates the file if there is none.
  static Result<std::unique_ptr<WatermarkFile>> open(const std::filesystem::path& path);

  const WatermarkFound& found() const { return found_; }
  // Without a sync.
  Result<void> note(const Watermark& mark);
  Result<void> sync(const Watermark& mark);

 private:
  WatermarkFile(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}
  Result<void> load();
  Result<void> write_slot(std::size_t slot, const Watermark& mark);

  std::filesystem::path path_;
  int file_;
  WatermarkFound found_;
  std::uint64_t counter_ = 0;  // rises with every write
  std::size_t next_synced_slot_ = 0;
};

}  // namespace commonwatch::storage
