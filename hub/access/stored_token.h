// A token that the hub made, as it is kept: everything but the token.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/ids.h"

namespace commonwatch::access {

struct StoredToken {
  std::string id;       // names it in lists: eight hex digits
  std::string sha256;   // 32 bytes
  std::string account;  // whose rights it gives
  // Of an enrolled device: the one source that it may publish to, and all that it may do.
  std::optional<model::SourceName> device;
  Instant created{};
  Instant expires{};
  std::optional<Instant> revoked;
  std::string created_by;
  std::string note;
  // Days since 1970-01-01 UTC; 0: never. Any thread: whoever authenticates with it moves it on.
  std::shared_ptr<std::atomic<std::int64_t>> last_used_day =
      std::make_shared<std::atomic<std::int64_t>>(0);

  bool is_valid(Instant now) const { return !revoked && now < expires; }
};

inline std::int64_t day_of(Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant).time_since_epoch().count();
}

}  // namespace commonwatch::access
