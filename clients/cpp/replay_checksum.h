// Count and checksum of what a replay sent, taken over the bytes as they came.
#pragma once

#include <cstdint>
#include <string_view>

#include "clients/cpp/crc32c.h"

namespace commonwatch::client {

class ReplayChecksum {
 public:
  // One ServerMessage in protobuf encoding. Adds the events of a replay page, or the delta.
  void add_frame(std::string_view frame);
  void reset() { *this = ReplayChecksum(); }

  std::uint64_t count() const { return count_; }
  std::uint32_t value() const { return crc_.value(); }

 private:
  void add_item(std::string_view bytes);

  Crc32c crc_;
  std::uint64_t count_ = 0;
};

}  // namespace commonwatch::client
