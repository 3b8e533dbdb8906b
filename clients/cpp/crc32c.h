// CRC-32C (Castagnoli), as the spool and ReplayEnd.checksum use it.
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string_view>

namespace commonwatch::client {

class Crc32c {
 public:
  void add(std::string_view bytes) { crc_.process_bytes(bytes.data(), bytes.size()); }
  std::uint32_t value() const { return static_cast<std::uint32_t>(crc_.checksum()); }

 private:
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc_;
};

inline std::uint32_t crc32c(std::string_view bytes) {
  Crc32c crc;
  crc.add(bytes);
  return crc.value();
}

}  // namespace commonwatch::client
