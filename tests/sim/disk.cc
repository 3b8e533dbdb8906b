#include "tests/sim/disk.h"

#include <algorithm>
#include <cstring>

namespace commonwatch::sim {
namespace {

using Status = rocksdb::IOStatus;
using Options = rocksdb::IOOptions;
using Debug = rocksdb::IODebugContext;

constexpr std::size_t kPageBytes = 4096;
constexpr std::uint64_t kFreeBytes = 1ULL << 40U;

std::string folder_of(const std::string& name) { return name.substr(0, name.rfind('/')); }
std::string clean(const std::string& name) {
  std::string path;
  for (const char letter : name) {
    if (letter != '/' || path.empty() || path.back() != '/') path.push_back(letter);
  }
  if (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}
Status gone(const std::string& name) { return Status::PathNotFound(name, "no such file"); }
Status dead() { return Status::IOError("the process has ended"); }
Status no_space() { return Status::NoSpace("injected: no space left on the device"); }

class ReadFile final : public rocksdb::FSSequentialFile {
 public:
  ReadFile(const Disk& disk, Disk::SharedFile file) : disk_(disk), file_(std::move(file)) {}
  Status Read(std::size_t size, const Options&, rocksdb::Slice* result, char* scratch,
              Debug*) override {
    const std::string bytes = disk_.read(*file_, at_, size);
    std::memcpy(scratch, bytes.data(), bytes.size());
    *result = {scratch, bytes.size()};
    at_ += bytes.size();
    return Status::OK();
  }
  Status Skip(std::uint64_t size) override {
    at_ += size;
    return Status::OK();
  }

 private:
  const Disk& disk_;
  Disk::SharedFile file_;
  std::size_t at_ = 0;
};

class RandomFile final : public rocksdb::FSRandomAccessFile {
 public:
  RandomFile(const Disk& disk, Disk::SharedFile file) : disk_(disk), file_(std::move(file)) {}
  Status Read(std::uint64_t offset, std::size_t size, const Options&, rocksdb::Slice* result,
              char* scratch, Debug*) const override {
    const std::string bytes = disk_.read(*file_, offset, size);
    std::memcpy(scratch, bytes.data(), bytes.size());
    *result = {scratch, bytes.size()};
    return Status::OK();
  }

 private:
  const Disk& disk_;
  Disk::SharedFile file_;
};

class WrittenFile final : public rocksdb::FSWritableFile {
 public:
  WrittenFile(Disk& disk, Disk::SharedFile file) : disk_(disk), file_(std::move(file)) {}
  using FSWritableFile::Append;
  Status Append(const rocksdb::Slice& bytes, const Options&, Debug*) override {
    return disk_.append(*file_, {bytes.data(), bytes.size()});
  }
  Status Truncate(std::uint64_t size, const Options&, Debug*) override {
    return disk_.truncate(*file_, size);
  }
  Status Close(const Options&, Debug*) override { return Status::OK(); }
  Status Flush(const Options&, Debug*) override { return Status::OK(); }
  Status Sync(const Options&, Debug*) override { return disk_.sync(*file_); }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const Options&, Debug*) override { return file_->bytes.size(); }

 private:
  Disk& disk_;
  Disk::SharedFile file_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(Disk& disk, std::string name) : disk_(disk), name_(std::move(name)) {}
  Status Fsync(const Options&, Debug*) override { return disk_.sync_directory(name_); }

 private:
  Disk& disk_;
  std::string name_;
};

class Lock final : public rocksdb::FileLock {};

}  // namespace

// --- faults --------------------------------------------------------------------------------------

void Disk::arm(DiskFault fault, int operation) {
  const std::lock_guard lock(mutex_);
  armed_ = Armed{fault, operation};
}

void Disk::disarm() {
  const std::lock_guard lock(mutex_);
  armed_.reset();
}

void Disk::freeze() {
  const std::lock_guard lock(mutex_);
  frozen_ = true;
}

bool Disk::is_frozen() const {
  const std::lock_guard lock(mutex_);
  return frozen_;
}

void Disk::make_room() {
  const std::lock_guard lock(mutex_);
  full_ = false;
}

bool Disk::is_full() const {
  const std::lock_guard lock(mutex_);
  return full_;
}

void Disk::thaw() {
  const std::lock_guard lock(mutex_);
  frozen_ = false;
  armed_.reset();
}

Status Disk::begin(Change change) {
  if (frozen_) return dead();
  if (std::this_thread::get_id() != owner_ || !armed_) return Status::OK();
  if (armed_->fault == DiskFault::kFailSync && change != Change::kSync) return Status::OK();
  if (armed_->fault == DiskFault::kFill && change != Change::kWrite) return Status::OK();
  if (armed_->operations-- > 0) return Status::OK();
  const DiskFault fault = armed_->fault;
  armed_.reset();
  if (fault == DiskFault::kFailSync) return Status::IOError("injected: sync failed");
  if (fault == DiskFault::kFill) {
    full_ = true;
    return no_space();
  }
  frozen_ = true;
  return dead();
}

void Disk::tear(File& file) {
  for (const auto& [begin, end] : file.lost) {
    for (std::size_t at = begin; at < std::min(end, file.bytes.size()); ++at) file.bytes[at] = 0;
  }
  if (!file.lost.empty() && file.lost.back().second >= file.synced) {
    file.synced = std::min(file.synced, file.lost.back().first);
  }
  file.lost.clear();
  const std::size_t loose = file.bytes.size() - std::min(file.synced, file.bytes.size());
  if (loose > 0) {
    const auto kept = random_.between(0, static_cast<std::int64_t>(loose));
    if (random_.chance(70)) file.bytes.resize(file.synced + static_cast<std::size_t>(kept));
    if (random_.chance(30) && file.bytes.size() > file.synced) {
      const auto at =
          file.synced + static_cast<std::size_t>(random_.between(
                            0, static_cast<std::int64_t>(file.bytes.size() - file.synced - 1)));
      const std::size_t page = std::max(at / kPageBytes * kPageBytes, file.synced);
      const std::size_t end = std::min((at / kPageBytes + 1) * kPageBytes, file.bytes.size());
      std::fill(file.bytes.begin() + static_cast<std::ptrdiff_t>(page),
                file.bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    }
  }
  file.synced = file.bytes.size();
}

void Disk::cut_power() {
  const std::lock_guard lock(mutex_);
  if (random_.chance(50)) {
    names_ = durable_names_;
  } else {
    durable_names_ = names_;
  }
  for (const auto& [name, file] : names_) tear(*file);
  full_ = false;
}

// --- files ---------------------------------------------------------------------------------------

Disk::SharedFile Disk::find(const std::string& name) const {
  const auto found = names_.find(clean(name));
  return found == names_.end() ? nullptr : found->second;
}

std::string Disk::read(const File& file, std::size_t offset, std::size_t size) const {
  const std::lock_guard lock(mutex_);
  return offset < file.bytes.size() ? file.bytes.substr(offset, size) : std::string();
}

Status Disk::append(File& file, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (full_) return no_space();
  const bool was_frozen = frozen_;
  const Status status = begin(Change::kWrite);
  if (status.ok()) {
    file.bytes.append(bytes);
  } else if (!was_frozen) {
    const auto most = static_cast<std::int64_t>(bytes.size());
    file.bytes.append(bytes.substr(0, static_cast<std::size_t>(random_.between(0, most))));
  }
  return status;
}

Status Disk::sync(File& file) {
  const std::lock_guard lock(mutex_);
  const bool was_frozen = frozen_;
  const Status status = begin(Change::kSync);
  if (status.ok()) {
    file.synced = file.bytes.size();
  } else if (!was_frozen && !frozen_) {
    file.lost.emplace_back(file.synced, file.bytes.size());
  }
  return status;
}

Status Disk::truncate(File& file, std::size_t size) {
  const std::lock_guard lock(mutex_);
  const Status status = begin(Change::kWrite);
  if (status.ok()) {
    file.bytes.resize(size);
    file.synced = std::min(file.synced, size);
  }
  return status;
}

Status Disk::sync_directory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (const Status status = begin(Change::kName); !status.ok()) return status;
  std::erase_if(durable_names_,
                [&](const auto& entry) { return folder_of(entry.first) == directory; });
  for (const auto& [name, file] : names_) {
    if (folder_of(name) == directory) durable_names_[name] = file;
  }
  return Status::OK();
}

Status Disk::NewSequentialFile(const std::string& name, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSSequentialFile>* result, Debug*) {
  const std::lock_guard lock(mutex_);
  auto file = find(name);
  if (!file) return gone(name);
  *result = std::make_unique<ReadFile>(*this, std::move(file));
  return Status::OK();
}

Status Disk::NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions&,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* result, Debug*) {
  const std::lock_guard lock(mutex_);
  auto file = find(name);
  if (!file) return gone(name);
  *result = std::make_unique<RandomFile>(*this, std::move(file));
  return Status::OK();
}

Status Disk::NewWritableFile(const std::string& name, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>* result, Debug*) {
  const std::lock_guard lock(mutex_);
  // RocksDB does without, and saves half of what opening costs.
  if (name.find("/OPTIONS-") != std::string::npos) return Status::NotSupported(name);
  if (full_) return no_space();
  if (const Status status = begin(Change::kName); !status.ok()) return status;
  const auto file = std::make_shared<File>();
  names_[clean(name)] = file;
  *result = std::make_unique<WrittenFile>(*this, file);
  return Status::OK();
}

Status Disk::ReopenWritableFile(const std::string& name, const rocksdb::FileOptions&,
                                std::unique_ptr<rocksdb::FSWritableFile>* result, Debug*) {
  const std::lock_guard lock(mutex_);
  auto file = find(name);
  if (!file) return gone(name);
  *result = std::make_unique<WrittenFile>(*this, std::move(file));
  return Status::OK();
}

Status Disk::NewDirectory(const std::string& name, const Options&,
                          std::unique_ptr<rocksdb::FSDirectory>* result, Debug*) {
  *result = std::make_unique<Directory>(*this, clean(name));
  return Status::OK();
}

Status Disk::FileExists(const std::string& name, const Options&, Debug*) {
  const std::lock_guard lock(mutex_);
  return find(name) ? Status::OK() : Status::NotFound(name);
}

Status Disk::GetChildren(const std::string& directory, const Options&,
                         std::vector<std::string>* result, Debug*) {
  const std::lock_guard lock(mutex_);
  const std::string folder = clean(directory);
  result->clear();
  for (const auto& [name, file] : names_) {
    if (folder_of(name) == folder) result->push_back(name.substr(folder.size() + 1));
  }
  return Status::OK();
}

Status Disk::DeleteFile(const std::string& name, const Options&, Debug*) {
  const std::lock_guard lock(mutex_);
  if (const Status status = begin(Change::kName); !status.ok()) return status;
  return names_.erase(clean(name)) > 0 ? Status::OK() : gone(name);
}

Status Disk::GetFileSize(const std::string& name, const Options&, std::uint64_t* size, Debug*) {
  const std::lock_guard lock(mutex_);
  const auto file = find(name);
  if (!file) return gone(name);
  *size = file->bytes.size();
  return Status::OK();
}

Status Disk::GetFileModificationTime(const std::string&, const Options&, std::uint64_t* time,
                                     Debug*) {
  *time = 0;
  return Status::OK();
}

Status Disk::RenameFile(const std::string& from, const std::string& to, const Options&, Debug*) {
  const std::lock_guard lock(mutex_);
  if (const Status status = begin(Change::kName); !status.ok()) return status;
  auto file = find(from);
  if (!file) return gone(from);
  names_.erase(clean(from));
  names_[clean(to)] = std::move(file);
  return Status::OK();
}

Status Disk::LockFile(const std::string&, const Options&, rocksdb::FileLock** lock, Debug*) {
  *lock = new Lock();
  return Status::OK();
}

Status Disk::UnlockFile(rocksdb::FileLock* lock, const Options&, Debug*) {
  delete static_cast<Lock*>(lock);
  return Status::OK();
}

Status Disk::GetTestDirectory(const Options&, std::string* path, Debug*) {
  *path = "/";
  return Status::OK();
}

Status Disk::GetAbsolutePath(const std::string& path, const Options&, std::string* result, Debug*) {
  *result = path;
  return Status::OK();
}

Status Disk::GetFreeSpace(const std::string&, const Options&, std::uint64_t* free, Debug*) {
  *free = is_full() ? 0 : kFreeBytes;
  return Status::OK();
}

Status Disk::IsDirectory(const std::string& path, const Options&, bool* is, Debug*) {
  const std::lock_guard lock(mutex_);
  *is = !find(path);
  return Status::OK();
}

}  // namespace commonwatch::sim
