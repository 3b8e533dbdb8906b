#include "hub/storage/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace commonwatch::storage {
namespace {

constexpr std::size_t kMebibyte = 1U << 20U;
constexpr double kBloomBitsPerKey = 10;
constexpr std::size_t kSourceNameBytesMax = 255;
// What keys of the indexes have in common: the source's number, and most of the hour.
constexpr std::size_t kIndexPrefixBytes = 4;

rocksdb::DBOptions shared_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.bytes_per_sync = kMebibyte;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4 * kMebibyte;
  options.stats_dump_period_sec = 0;
  return options;
}

// Of a database whose every write is synced.
rocksdb::DBOptions synced_options(const OpenHooks& hooks) {
  rocksdb::DBOptions options = shared_options();
  if (hooks.env != nullptr) options.env = hooks.env;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  // A failed write is final here; RocksDB must not bring itself back and go on.
  options.max_bgerror_resume_count = 0;
  return options;
}

// Late slowdowns, because a stalled RocksDB of this version may never resume.
void raise_stall_triggers(rocksdb::ColumnFamilyOptions& options) {
  options.level0_file_num_compaction_trigger = 8;
  options.level0_slowdown_writes_trigger = 64;
  options.level0_stop_writes_trigger = 128;
}

rocksdb::ColumnFamilyOptions chunk_options() {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = 64 * kMebibyte;
  options.max_write_buffer_number = 4;
  options.target_file_size_base = 64 * kMebibyte;
  options.max_bytes_for_level_base = 512 * kMebibyte;
  options.compression = rocksdb::kLZ4Compression;
  options.compression_per_level = {rocksdb::kNoCompression,
                                   rocksdb::kNoCompression,
                                   rocksdb::kLZ4Compression,
                                   rocksdb::kLZ4Compression,
                                   rocksdb::kZSTD,
                                   rocksdb::kZSTD,
                                   rocksdb::kZSTD};
  raise_stall_triggers(options);
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 64U << 10U;
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// A memtable remembers where it put the last key with these first bytes, and looks for the place of
// the next one from there.
void remember_place(rocksdb::ColumnFamilyOptions& options, std::size_t prefix_bytes) {
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewCappedPrefixTransform(prefix_bytes));
}

rocksdb::ColumnFamilyOptions small_options() {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = 4 * kMebibyte;
  return options;
}

rocksdb::ColumnFamilyOptions source_options() {
  rocksdb::ColumnFamilyOptions options = small_options();
  remember_place(options, kSourceNameBytesMax);
  return options;
}

rocksdb::ColumnFamilyOptions index_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = 64 * kMebibyte;
  options.max_write_buffer_number = 3;
  options.compression = rocksdb::kLZ4Compression;
  options.compression_per_level = {rocksdb::kNoCompression,
                                   rocksdb::kNoCompression,
                                   rocksdb::kLZ4Compression,
                                   rocksdb::kLZ4Compression,
                                   rocksdb::kZSTD,
                                   rocksdb::kZSTD,
                                   rocksdb::kZSTD};
  remember_place(options, kIndexPrefixBytes);
  // Most lookups are for records that are not there.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.05;
  raise_stall_triggers(options);
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.format_version = 5;
  table.block_cache = cache;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> log_families() {
  return {{rocksdb::kDefaultColumnFamilyName, small_options()},
          {"chunk", chunk_options()},
          {"source", source_options()},
          {"hub", small_options()}};
}

Error open_error(const std::string& path, const rocksdb::Status& status) {
  const std::string said = status.ToString();
  const bool in_use = status.IsIOError() && said.find("LOCK") != std::string::npos;
  return make_error(
      ErrorCode::kInternal,
      path +
          (in_use ? " is in use by another process; stop that one first: "
                  : " cannot be opened; restore it from a backup if it is damaged: ") +
          said);
}

}  // namespace

bool has_room(rocksdb::DB& database, std::uint64_t free_bytes_min) {
  std::uint64_t free_bytes = 0;
  const auto known =
      database.GetFileSystem()->GetFreeSpace(database.GetName(), {}, &free_bytes, nullptr);
  if (known.ok() && free_bytes < free_bytes_min) return false;
  std::uint64_t stopped = 0;
  return !database.GetIntProperty(rocksdb::DB::Properties::kIsWriteStopped, &stopped) ||
         stopped == 0;
}

Error database_error(const std::string& what, const rocksdb::Status& status) {
  return make_error(ErrorCode::kInternal,
                    what + ": " + status.ToString() + "; check the disk, then restart the hub");
}

Database::~Database() {
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->DestroyColumnFamilyHandle(family);
  }
  if (db_) db_->Close();
}

Result<void> Database::open_families(rocksdb::DBOptions options, const std::string& path,
                                     std::vector<rocksdb::ColumnFamilyDescriptor> families,
                                     bool read_only) {
  if (const auto& tune = ScopedOpenHooks::current().tune) tune(options, families);
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(options, path, families, &families_, &opened)
                : rocksdb::DB::Open(options, path, families, &families_, &opened);
  db_.reset(opened);
  if (!status.ok()) return open_error(path, status);
  return {};
}

Result<std::unique_ptr<LogDatabase>> LogDatabase::open(const std::filesystem::path& path,
                                                       const OpenHooks& hooks) {
  rocksdb::DBOptions options = synced_options(hooks);
  options.max_total_wal_size = 256 * kMebibyte;
  std::unique_ptr<LogDatabase> log(new LogDatabase());
  auto opened = log->open_families(options, path.string(), log_families());
  if (!opened) return opened.error();
  return log;
}

Result<std::unique_ptr<LogDatabase>> LogDatabase::open_damaged(const std::filesystem::path& path) {
  rocksdb::DBOptions options = shared_options();
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // Without these checks more tables open, but the write-ahead log is not read up to its damage.
  for (const bool paranoid : {true, false}) {
    options.paranoid_checks = paranoid;
    std::unique_ptr<LogDatabase> log(new LogDatabase());
    auto opened = log->open_families(options, path.string(), log_families(), /*read_only=*/true);
    if (opened) return log;
    if (!paranoid) return opened.error();
  }
  return make_error(ErrorCode::kInternal, "the log cannot be opened");
}

Result<std::unique_ptr<IndexDatabase>> IndexDatabase::open(const std::filesystem::path& path) {
  rocksdb::DBOptions options = shared_options();
  if (auto* env = ScopedOpenHooks::current().index_env) options.env = env;
  // All families on disk stand at the same applied offset.
  options.atomic_flush = true;
  const auto cache = rocksdb::NewLRUCache(64 * kMebibyte);
  std::unique_ptr<IndexDatabase> index(new IndexDatabase());
  auto opened = index->open_families(options, path.string(),
                                     {{rocksdb::kDefaultColumnFamilyName, small_options()},
                                      {"record", index_options(cache)},
                                      {"sequence", index_options(cache)},
                                      {"occurred", index_options(cache)}});
  if (!opened) return opened.error();
  return index;
}

Result<std::unique_ptr<IndexDatabase>> IndexDatabase::create_anew(
    const std::filesystem::path& path) {
  rocksdb::FileSystem& files = ScopedOpenHooks::current().index_files();
  std::vector<std::string> names;
  rocksdb::IOStatus removed = files.GetChildren(path.string(), {}, &names, nullptr);
  if (removed.IsNotFound()) removed = rocksdb::IOStatus::OK();
  for (const std::string& name : names) {
    if (removed.ok()) removed = files.DeleteFile((path / name).string(), {}, nullptr);
  }
  if (!removed.ok()) {
    return make_error(ErrorCode::kInternal,
                      path.string() + " cannot be emptied: " + removed.ToString());
  }
  return open(path);
}

Result<std::unique_ptr<AuditDatabase>> AuditDatabase::open(const std::filesystem::path& path,
                                                           const OpenHooks& hooks) {
  rocksdb::ColumnFamilyOptions records;
  records.write_buffer_size = 16 * kMebibyte;
  records.compression = rocksdb::kLZ4Compression;
  raise_stall_triggers(records);
  std::unique_ptr<AuditDatabase> audit(new AuditDatabase());
  auto opened = audit->open_families(
      synced_options(hooks), path.string(),
      {{rocksdb::kDefaultColumnFamilyName, small_options()}, {"record", records}});
  if (!opened) return opened.error();
  return audit;
}

}  // namespace commonwatch::storage
