// CRC-32C (Castagnoli), as iSCSI and RocksDB use it.
#pragma once

#include <cstdint>
#include <string_view>

namespace commonwatch::storage {

// `before` continues the sum of the bytes that come before these.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace commonwatch::storage
