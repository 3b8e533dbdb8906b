// What reading the stored log costs without a hub. The data directory is a copy that no hub has
// open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace commonwatch::bench {

// Iterates over every value of the log's RocksDB and touches each byte. Seconds. Incomplete if
// there are fewer than `bytes_min` bytes.
double scan_database(const std::filesystem::path& data, std::uint64_t bytes_min);
// Reads every chunk as the hub does, decoded. Seconds. Incomplete unless `events` partners' events
// are there.
double scan_log(const std::filesystem::path& data, std::uint64_t events);
// Copies buffers of these sizes, one after the other. Seconds.
double copy_pages(const std::vector<std::size_t>& page_bytes);

}  // namespace commonwatch::bench
