// The RocksDB databases: the log, whose every write is synced; the indexes, which follow it without
// a write-ahead log and can be rebuilt from it, apart so that the log's writes never wait for those
// of an index; the audit log, apart because it outlives the events.
#pragma once

#include <rocksdb/db.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hub/base/error.h"
#include "hub/storage/open_hooks.h"

namespace commonwatch::storage {

// Any thread, as RocksDB itself.
class Database {
 public:
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(std::size_t index) const { return families_[index]; }

 protected:
  Database() = default;
  Result<void> open_families(rocksdb::DBOptions options, const std::string& path,
                             std::vector<rocksdb::ColumnFamilyDescriptor> families,
                             bool read_only = false);

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

class LogDatabase final : public Database {
 public:
  static Result<std::unique_ptr<LogDatabase>> open(const std::filesystem::path& path,
                                                   const OpenHooks& hooks);
  // To read what can be read of a damaged one: changes nothing, and shows nothing of a write-ahead
  // log behind its first damage.
  static Result<std::unique_ptr<LogDatabase>> open_damaged(const std::filesystem::path& path);
  rocksdb::ColumnFamilyHandle* meta() const { return family(0); }
  rocksdb::ColumnFamilyHandle* chunks() const { return family(1); }
  rocksdb::ColumnFamilyHandle* sources() const { return family(2); }
  rocksdb::ColumnFamilyHandle* hub_events() const { return family(3); }
};

class IndexDatabase final : public Database {
 public:
  static Result<std::unique_ptr<IndexDatabase>> open(const std::filesystem::path& path);
  // Removes the files that are there.
  static Result<std::unique_ptr<IndexDatabase>> create_anew(const std::filesystem::path& path);
  rocksdb::ColumnFamilyHandle* applied() const { return family(0); }
  rocksdb::ColumnFamilyHandle* records() const { return family(1); }
  rocksdb::ColumnFamilyHandle* sequences() const { return family(2); }
  rocksdb::ColumnFamilyHandle* occurred() const { return family(3); }
};

// The audit log: every write synced. Opening it fails while another process has it open.
class AuditDatabase final : public Database {
 public:
  static Result<std::unique_ptr<AuditDatabase>> open(const std::filesystem::path& path,
                                                     const OpenHooks& hooks);
  rocksdb::ColumnFamilyHandle* meta() const { return family(0); }
  rocksdb::ColumnFamilyHandle* records() const { return family(1); }
};

// Whether the disk has `free_bytes_min` left, and RocksDB takes writes. True where nobody can tell.
bool has_room(rocksdb::DB& database, std::uint64_t free_bytes_min);

// kInternal: what was attempted, what RocksDB says (it names the file), what to do next.
Error database_error(const std::string& what, const rocksdb::Status& status);

}  // namespace commonwatch::storage
