#include "bench/disk_limits.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/clock.h"
#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

// Random, so that nothing below can compress it.
std::string random_bytes(std::size_t size) {
  std::mt19937_64 random(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() & 0xffU);
  return bytes;
}

class AppendedFile {
 public:
  explicit AppendedFile(const std::filesystem::path& directory)
      : file_(open((directory / "appended").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                   0600)) {
    require(file_ >= 0, std::string("open: ") + std::strerror(errno));
  }
  ~AppendedFile() { close(file_); }
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;

  void preallocate(std::uint64_t bytes) const {
    require(fallocate(file_, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) == 0,
            std::string("fallocate: ") + std::strerror(errno));
  }

  void append(const std::string& bytes, std::uint64_t times) const {
    std::vector<iovec> parts(times, {const_cast<char*>(bytes.data()), bytes.size()});
    const auto size = static_cast<ssize_t>(bytes.size() * times);
    require(writev(file_, parts.data(), static_cast<int>(parts.size())) == size &&
                fdatasync(file_) == 0,
            std::string("append: ") + std::strerror(errno));
  }

 private:
  int file_;
};

std::unique_ptr<rocksdb::DB> open_database(const std::filesystem::path& directory) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.max_background_jobs = 2;
  rocksdb::DB* database = nullptr;
  const auto status = rocksdb::DB::Open(options, (directory / "rocksdb").string(), &database);
  require(status.ok(), "RocksDB: " + status.ToString());
  return std::unique_ptr<rocksdb::DB>(database);
}

std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<char>(number >> (56 - 8 * i));
  return key;
}

}  // namespace

double append_synced(const std::filesystem::path& directory, const WriteLoad& load) {
  const std::string bytes = random_bytes(load.batch_bytes);
  const AppendedFile file(directory);
  const std::uint64_t began = now_ns();
  for (std::uint64_t done = 0; done < load.batches; done += load.group) {
    file.append(bytes, std::min(load.group, load.batches - done));
  }
  return seconds_since(began);
}

double put_synced(const std::filesystem::path& directory, const WriteLoad& load) {
  const std::string bytes = random_bytes(load.batch_bytes);
  const auto database = open_database(directory);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::uint64_t began = now_ns();
  for (std::uint64_t done = 0; done < load.batches;) {
    rocksdb::WriteBatch batch;
    const std::uint64_t end = std::min(load.batches, done + load.group);
    for (; done < end; ++done) batch.Put(key_of(done), bytes);
    require(database->Write(synced, &batch).ok(), "RocksDB refuses a write");
  }
  return seconds_since(began);
}

Histogram append_latency(const std::filesystem::path& directory, std::size_t bytes,
                         std::uint64_t writes, bool preallocated) {
  const std::string content = random_bytes(bytes);
  const AppendedFile file(directory);
  if (preallocated) file.preallocate(bytes * writes);
  Histogram latency;
  for (std::uint64_t i = 0; i < writes; ++i) {
    const std::uint64_t began = now_ns();
    file.append(content, 1);
    latency.record(now_ns() - began);
  }
  return latency;
}

}  // namespace commonwatch::bench
