// The replays that are under way in the hub, in all and of each principal. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "hub/access/principal.h"
#include "hub/base/error.h"
#include "hub/base/limits.h"

namespace commonwatch::session {

class ReplayCount {
 public:
  // Counts one more. kTooManyReplays says which limit forbids it.
  Result<void> add(const access::Principal& principal, const Limits& limits);
  void remove(const access::Principal& principal);
  std::uint32_t all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint32_t all_ = 0;
  std::map<std::string, std::uint32_t> of_principal_;
};

}  // namespace commonwatch::session
