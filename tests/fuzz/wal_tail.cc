// Invariants checked: of any bytes, a write-ahead log has a sound beginning that ends within it;
// cut there it is sound, with the same end; behind it there is nothing but zeros unless it is
// damaged; nothing is said to lie behind damage where there is none.
#include "hub/storage/wal_tail.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "hub/storage/crc32c.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

constexpr std::uint32_t kNumber = 12;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kTypeAt = 6;
constexpr std::uint32_t kBroken = 0xffffffff;

// Makes the checksum of each fragment hold, unless it is one that says it shall not.
std::string sealed(std::string bytes) {
  for (std::size_t at = 0; at + kHeaderBytes + kNumberBytes <= bytes.size();) {
    std::uint32_t sum = 0;
    std::uint16_t length = 0;
    std::memcpy(&sum, bytes.data() + at, sizeof(sum));
    std::memcpy(&length, bytes.data() + at + 4, sizeof(length));
    const std::size_t header = bytes[at + kTypeAt] > 4 ? kHeaderBytes + kNumberBytes : kHeaderBytes;
    if (header > kHeaderBytes)
      std::memcpy(bytes.data() + at + kHeaderBytes, &kNumber, kNumberBytes);
    const std::size_t end = std::min(at + header + length, bytes.size());
    if (sum != kBroken) {
      sum = storage::crc32c({bytes.data() + at + kTypeAt, end - at - kTypeAt});
      sum = ((sum >> 15U) | (sum << 17U)) + 0xa282ead8U;
      std::memcpy(bytes.data() + at, &sum, sizeof(sum));
    }
    at = end;
  }
  return bytes;
}

void check(std::string_view bytes) {
  const auto tail = storage::inspect_wal_bytes(bytes, kNumber);
  require(tail.file_bytes == bytes.size() && tail.good_bytes <= bytes.size());
  const std::string_view rest = bytes.substr(tail.good_bytes);
  require(tail.damaged == (rest.find_first_not_of('\0') != std::string_view::npos));
  require(tail.damaged || !tail.valid_behind);
  const auto cut = storage::inspect_wal_bytes(bytes.substr(0, tail.good_bytes), kNumber);
  require(!cut.damaged && cut.good_bytes == tail.good_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  check(bytes);
  check(sealed(std::string(bytes)));
  return 0;
}
