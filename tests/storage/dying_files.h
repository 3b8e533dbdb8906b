// A file system under RocksDB that ends with the process: from some change on, nothing is changed.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace commonwatch::storage::test {

// How many changes there may still be.
class Life {
 public:
  explicit Life(int changes) : left_(changes) {}
  bool goes_on() { return left_.fetch_sub(1) > 0; }

 private:
  std::atomic<int> left_;
};

inline rocksdb::IOStatus dead() { return rocksdb::IOStatus::IOError("the process has ended"); }

class DyingFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  DyingFile(std::unique_ptr<rocksdb::FSWritableFile> file, Life& life)
      : FSWritableFileOwnerWrapper(std::move(file)), life_(life) {}
  rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FSWritableFileOwnerWrapper::Append(bytes, options, debug) : dead();
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& sums,
                           rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FSWritableFileOwnerWrapper::Append(bytes, options, sums, debug)
                           : dead();
  }
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FSWritableFileOwnerWrapper::Truncate(size, options, debug) : dead();
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FSWritableFileOwnerWrapper::Sync(options, debug) : dead();
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FSWritableFileOwnerWrapper::Fsync(options, debug) : dead();
  }

 private:
  Life& life_;
};

class DyingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit DyingFileSystem(int changes)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), life_(changes) {}
  const char* Name() const override { return "DyingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override {
    if (!life_.goes_on()) return dead();
    return wrap(FileSystemWrapper::NewWritableFile(name, options, result, debug), *result);
  }
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override {
    if (!life_.goes_on()) return dead();
    return wrap(FileSystemWrapper::ReopenWritableFile(name, options, result, debug), *result);
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FileSystemWrapper::RenameFile(from, to, options, debug) : dead();
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    return life_.goes_on() ? FileSystemWrapper::DeleteFile(name, options, debug) : dead();
  }

 private:
  rocksdb::IOStatus wrap(rocksdb::IOStatus status, std::unique_ptr<rocksdb::FSWritableFile>& file) {
    if (status.ok()) file = std::make_unique<DyingFile>(std::move(file), life_);
    return status;
  }

  Life life_;
};

}  // namespace commonwatch::storage::test
