// What the disk, and RocksDB on it, can do with the same bytes. Each call writes under a directory
// that it is given, and blocks.
#pragma once

#include <cstdint>
#include <filesystem>

#include "bench/histogram.h"

namespace commonwatch::bench {

// How the bytes come: `batches` of `batch_bytes`, a sync after every `group`.
struct WriteLoad {
  std::uint64_t batches = 0;
  std::size_t batch_bytes = 0;
  std::uint64_t group = 1;
};

// One writer, one file: writev, then fdatasync. Seconds.
double append_synced(const std::filesystem::path& directory, const WriteLoad& load);
// One writer, one RocksDB: a batch is one value, a group one synced WriteBatch. Seconds.
double put_synced(const std::filesystem::path& directory, const WriteLoad& load);
// One appended write and fdatasync after the other. `preallocated`: the blocks are there already,
// as a RocksDB log file has them, so that a sync need not find new ones.
Histogram append_latency(const std::filesystem::path& directory, std::size_t bytes,
                         std::uint64_t writes, bool preallocated);

}  // namespace commonwatch::bench
