// What a power cut or a crash left at the end of the write-ahead log is cut off before RocksDB sees
// it. Blocks; at start only.
#pragma once

#include <filesystem>

#include "hub/base/error.h"
#include "hub/storage/event_log.h"
#include "hub/storage/watermark.h"

namespace commonwatch::storage {

// Refuses any other damage. `directory`: the data directory.
Result<void> recover_tail(const std::filesystem::path& directory, const WatermarkFound& found,
                          OpenReport& report);

// The file that is there from before a torn end is cut off until the log has its new epoch: a start
// that ends in between leaves a log that looks whole.
std::filesystem::path epoch_due(const std::filesystem::path& directory);

}  // namespace commonwatch::storage
