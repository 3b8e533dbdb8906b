#include "hub/storage/open_hooks.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

namespace commonwatch::storage {
namespace {

thread_local OpenHooks hooks_of_thread;

rocksdb::FileSystem& files_of(rocksdb::Env* env) {
  return env != nullptr ? *env->GetFileSystem() : *rocksdb::FileSystem::Default();
}

}  // namespace

rocksdb::FileSystem& OpenHooks::files() const { return files_of(env); }
rocksdb::FileSystem& OpenHooks::index_files() const { return files_of(index_env); }

ScopedOpenHooks::ScopedOpenHooks(const OpenHooks& hooks) { hooks_of_thread = hooks; }
ScopedOpenHooks::~ScopedOpenHooks() { hooks_of_thread = OpenHooks(); }
const OpenHooks& ScopedOpenHooks::current() { return hooks_of_thread; }

}  // namespace commonwatch::storage
