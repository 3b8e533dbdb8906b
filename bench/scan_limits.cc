#include "bench/scan_limits.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "bench/clock.h"
#include "bench/incomplete.h"
#include "hub/base/clock.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/event_log.h"

namespace commonwatch::bench {
namespace {

// The directory below `data` in which the log's RocksDB lies: the one with a family of chunks.
struct Database {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::ColumnFamilyHandle* chunks = nullptr;

  ~Database() {
    for (auto* family : families) db->DestroyColumnFamilyHandle(family);
  }
};

bool open_chunks(const std::filesystem::path& path, Database& database) {
  std::vector<std::string> names;
  rocksdb::DBOptions options;
  // As the hub writes it; opening it otherwise would have to change the manifest.
  options.track_and_verify_wals_in_manifest = true;
  if (!rocksdb::DB::ListColumnFamilies(options, path.string(), &names).ok()) return false;
  const auto chunk = std::find(names.begin(), names.end(), "chunk");
  if (chunk == names.end()) return false;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  rocksdb::DB* opened = nullptr;
  const auto status =
      rocksdb::DB::OpenForReadOnly(options, path.string(), families, &database.families, &opened);
  require(status.ok(), "RocksDB: " + status.ToString());
  database.db.reset(opened);
  database.chunks = database.families[static_cast<std::size_t>(chunk - names.begin())];
  return true;
}

}  // namespace

double scan_database(const std::filesystem::path& data, std::uint64_t bytes_min) {
  Database database;
  bool found = false;
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    found = found || (entry.is_directory() && open_chunks(entry.path(), database));
  }
  require(found, "there is no log in " + data.string());
  const std::uint64_t began = now_ns();
  std::uint64_t bytes = 0;
  std::uint32_t sum = 0;
  const std::unique_ptr<rocksdb::Iterator> at(
      database.db->NewIterator(rocksdb::ReadOptions(), database.chunks));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    bytes += at->value().size();
    sum = storage::crc32c({at->value().data(), at->value().size()}, sum);
  }
  const double took = seconds_since(began);
  require(at->status().ok() && bytes >= bytes_min, "the log in " + data.string() + " is not whole");
  return took;
}

double scan_log(const std::filesystem::path& data, std::uint64_t events) {
  const SystemClock clock;
  storage::LogOptions options;
  options.directory = data;
  const auto log = storage::EventLog::open(options, clock);
  require(log.has_value(), "the copied log cannot be opened");
  std::uint64_t stored = 0;
  const std::uint64_t began = now_ns();
  for (model::Offset next(0);;) {
    const auto chunk = (*log)->read(next);
    require(chunk.has_value(), "the copied log cannot be read");
    if (!*chunk) break;
    for (const storage::Entry& entry : (*chunk)->entries) {
      stored += entry.kind != model::EventKind::kUnspecified ? 1 : 0;
    }
    next = (*chunk)->end();
  }
  const double took = seconds_since(began);
  require(stored == events, "the copied log holds " + std::to_string(stored) + " events of " +
                                std::to_string(events));
  return took;
}

double copy_pages(const std::vector<std::size_t>& page_bytes) {
  require(!page_bytes.empty(), "the hub is measured first");
  const std::size_t largest = *std::max_element(page_bytes.begin(), page_bytes.end());
  const std::string from(largest, 'p');
  std::string to(largest, '\0');
  const std::uint64_t began = now_ns();
  for (const std::size_t size : page_bytes) {
    std::memcpy(to.data(), from.data(), size);
    // The copy is made, whoever looks at it.
    asm volatile("" : : "r"(to.data()) : "memory");
  }
  return seconds_since(began);
}

}  // namespace commonwatch::bench
