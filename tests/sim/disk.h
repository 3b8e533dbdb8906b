// A disk in memory under RocksDB that tells what was synced from what was not.
//
// A killed process leaves everything that was written. A power cut leaves what was synced, and of
// the rest as much as the seed says: bytes at the end of a file are kept, cut off anywhere, or
// replaced by a page of zeros; names that were created, renamed or removed without a sync of their
// directory are as before, or as after. What a sync failed to write no later sync writes: Linux
// forgets such pages.
//
// Faults strike the thread that made the disk, at an operation counted from when they were armed:
// RocksDB's background thread, which has work only while that thread waits for it, is spared, so
// that its timing changes nothing.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/hotspot/random.h"

namespace commonwatch::sim {

using hotspot::test::Random;

enum class DiskFault {
  kDie,       // the process ends within the operation; of a write some bytes are there
  kFailSync,  // a sync of a file fails, and what it was to write is lost
  kFill,      // no space, a write is short; until `make_room`
};

class Disk final : public rocksdb::FileSystem {
 public:
  explicit Disk(std::uint64_t seed) : random_(seed) {}
  const char* Name() const override { return "commonwatch::sim::Disk"; }

  // --- faults --------------------------------------------------------------------------------
  // Strikes at the `operation`-th write (kFailSync: sync) from now on; 0: the next.
  void arm(DiskFault fault, int operation);
  void disarm();
  // The process that writes has ended: nothing is written any more.
  void freeze();
  bool is_frozen() const;
  void make_room();
  bool is_full() const;
  // Between two processes.
  void thaw();
  void cut_power();

  struct File {
    std::string bytes;
    std::size_t synced = 0;
    // What a failed sync was to write, begin and end.
    std::vector<std::pair<std::size_t, std::size_t>> lost;
  };
  using SharedFile = std::shared_ptr<File>;
  enum class Change { kWrite, kSync, kName };

  // --- rocksdb::FileSystem -------------------------------------------------------------------
  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using Status = rocksdb::IOStatus;
  Status NewSequentialFile(const std::string& name, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSSequentialFile>* result, Debug*) override;
  Status NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSRandomAccessFile>* result, Debug*) override;
  Status NewWritableFile(const std::string& name, const rocksdb::FileOptions&,
                         std::unique_ptr<rocksdb::FSWritableFile>* result, Debug*) override;
  Status ReopenWritableFile(const std::string& name, const rocksdb::FileOptions&,
                            std::unique_ptr<rocksdb::FSWritableFile>* result, Debug*) override;
  Status NewDirectory(const std::string& name, const Options&,
                      std::unique_ptr<rocksdb::FSDirectory>* result, Debug*) override;
  Status FileExists(const std::string& name, const Options&, Debug*) override;
  Status GetChildren(const std::string& directory, const Options&, std::vector<std::string>* result,
                     Debug*) override;
  Status DeleteFile(const std::string& name, const Options&, Debug*) override;
  Status CreateDir(const std::string&, const Options&, Debug*) override { return Status::OK(); }
  Status CreateDirIfMissing(const std::string&, const Options&, Debug*) override {
    return Status::OK();
  }
  Status DeleteDir(const std::string&, const Options&, Debug*) override { return Status::OK(); }
  Status GetFileSize(const std::string& name, const Options&, std::uint64_t* size, Debug*) override;
  Status GetFileModificationTime(const std::string&, const Options&, std::uint64_t* time,
                                 Debug*) override;
  Status RenameFile(const std::string& from, const std::string& to, const Options&,
                    Debug*) override;
  Status LockFile(const std::string& name, const Options&, rocksdb::FileLock** lock,
                  Debug*) override;
  Status UnlockFile(rocksdb::FileLock* lock, const Options&, Debug*) override;
  Status GetTestDirectory(const Options&, std::string* path, Debug*) override;
  Status GetAbsolutePath(const std::string& path, const Options&, std::string* result,
                         Debug*) override;
  Status GetFreeSpace(const std::string&, const Options&, std::uint64_t* free, Debug*) override;
  Status IsDirectory(const std::string& path, const Options&, bool* is, Debug*) override;

  // --- of its files --------------------------------------------------------------------------
  Status append(File& file, std::string_view bytes);
  Status sync(File& file);
  Status truncate(File& file, std::size_t size);
  Status sync_directory(const std::string& directory);
  std::string read(const File& file, std::size_t offset, std::size_t size) const;

 private:
  struct Armed {
    DiskFault fault;
    int operations;
  };

  // With the mutex held: whether the change may go on, after the fault that is due struck.
  Status begin(Change change);
  SharedFile find(const std::string& name) const;
  void tear(File& file);

  const std::thread::id owner_ = std::this_thread::get_id();
  mutable std::mutex mutex_;
  Random random_;
  std::map<std::string, SharedFile> names_;
  std::map<std::string, SharedFile> durable_names_;
  std::optional<Armed> armed_;
  bool frozen_ = false;
  bool full_ = false;
};

}  // namespace commonwatch::sim
