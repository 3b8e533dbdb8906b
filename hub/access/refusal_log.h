// Refusals, folded: a line an address and minute, and no more than a few a minute of all addresses,
// so that a flood fills neither a disk nor a screen. Pure: time comes in, and is the time since
// boot. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "hub/access/remembered.h"
#include "hub/base/limits.h"
#include "hub/base/time.h"

namespace commonwatch::access {

class RefusalLog {
 public:
  static constexpr std::uint32_t kLinesPerMinute = 20;

  explicit RefusalLog(const Limits& limits) : addresses_(limits.addresses_max) {}

  // The line to log now, if there is one: who was refused, why, and how many were not told of
  // since. `reason` holds no secret.
  std::optional<std::string> note(const std::string& address, std::string_view reason,
                                  Duration now);

 private:
  struct Address {
    std::uint32_t held = 0;
    std::optional<Duration> told;
    std::uint64_t untold = 0;
  };
  std::mutex mutex_;
  Remembered<Address> addresses_;
  std::optional<Duration> minute_;
  std::uint32_t lines_ = 0;   // of this minute
  std::uint64_t untold_ = 0;  // of addresses that got no line
};

}  // namespace commonwatch::access
