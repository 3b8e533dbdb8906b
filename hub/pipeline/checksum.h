// CRC-32C (Castagnoli), as ReplayEnd.checksum states it.
#pragma once

#include <cstdint>
#include <string_view>

#include "hub/storage/crc32c.h"

namespace commonwatch::pipeline {

class Checksum {
 public:
  void add(std::string_view bytes) { value_ = storage::crc32c(bytes, value_); }
  std::uint32_t value() const { return value_; }

 private:
  std::uint32_t value_ = 0;
};

}  // namespace commonwatch::pipeline
