// What a test puts under a log. Not part of the room's contract.
#pragma once

namespace rocksdb {
class Env;
}

namespace commonwatch::storage {

struct OpenHooks {
  rocksdb::Env* env = nullptr;  // of the log; the indexes keep the real one
};

// While it lives, logs that this thread opens get these hooks. `env` outlives those logs.
class ScopedOpenHooks {
 public:
  explicit ScopedOpenHooks(const OpenHooks& hooks);
  ~ScopedOpenHooks();
  ScopedOpenHooks(const ScopedOpenHooks&) = delete;
  ScopedOpenHooks& operator=(const ScopedOpenHooks&) = delete;

  static OpenHooks current();
};

}  // namespace commonwatch::storage
