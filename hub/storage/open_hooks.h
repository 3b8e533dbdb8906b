// What a test puts under a log, or takes out of its hands. Not part of the room's contract.
#pragma once

#include <functional>
#include <vector>

namespace rocksdb {
class Env;
class FileSystem;
struct ColumnFamilyDescriptor;
struct DBOptions;
}  // namespace rocksdb

namespace commonwatch::storage {

struct OpenHooks {
  rocksdb::Env* env = nullptr;        // of logs
  rocksdb::Env* index_env = nullptr;  // of the indexes
  // May change whatever a database is about to be opened with.
  std::function<void(rocksdb::DBOptions&, std::vector<rocksdb::ColumnFamilyDescriptor>&)> tune{};
  // Logs start no thread: who opened them takes their steps (log_steps.h).
  bool stepped = false;
  // Called again and again where opening a log waits for another thread; nothing: it sleeps.
  std::function<void()> wait{};

  // What logs, and the indexes, lie in.
  rocksdb::FileSystem& files() const;
  rocksdb::FileSystem& index_files() const;
};

// While it lives, logs that this thread opens get these hooks. What the hooks name outlives those
// logs.
class ScopedOpenHooks {
 public:
  explicit ScopedOpenHooks(const OpenHooks& hooks);
  ~ScopedOpenHooks();
  ScopedOpenHooks(const ScopedOpenHooks&) = delete;
  ScopedOpenHooks& operator=(const ScopedOpenHooks&) = delete;

  static const OpenHooks& current();
};

}  // namespace commonwatch::storage
