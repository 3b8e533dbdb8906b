#include "hub/storage/open_hooks.h"

namespace commonwatch::storage {
namespace {

thread_local OpenHooks hooks_of_thread;

}  // namespace

ScopedOpenHooks::ScopedOpenHooks(const OpenHooks& hooks) { hooks_of_thread = hooks; }
ScopedOpenHooks::~ScopedOpenHooks() { hooks_of_thread = OpenHooks(); }
OpenHooks ScopedOpenHooks::current() { return hooks_of_thread; }

}  // namespace commonwatch::storage
