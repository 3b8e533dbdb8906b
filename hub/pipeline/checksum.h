// CRC-32C (Castagnoli), as ReplayEnd.checksum states it.
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string_view>

namespace commonwatch::pipeline {

class Checksum {
 public:
  void add(std::string_view bytes) { crc_.process_bytes(bytes.data(), bytes.size()); }
  std::uint32_t value() const { return crc_.checksum(); }

 private:
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc_;
};

}  // namespace commonwatch::pipeline
