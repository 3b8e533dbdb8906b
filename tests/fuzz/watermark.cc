// Invariants checked: a file of any bytes, with slots whose checksums hold, is a watermark file;
// what is synced to it is found at the next start, and so is what was noted without a sync.
#include "hub/storage/watermark.h"

#include <algorithm>
#include <cstring>

#include "hub/storage/crc32c.h"
#include "tests/fuzz/memory_file.h"

namespace {

using namespace commonwatch;
using fuzz::require;
using storage::Watermark;
using storage::WatermarkFile;

constexpr std::size_t kSlotBytes = 512;
constexpr std::size_t kFieldsAt = 4;
constexpr std::size_t kFieldsBytes = 65;
constexpr std::size_t kBootIdAt = 13;

bool same(const Watermark& a, const Watermark& b) {
  return a.epoch == b.epoch && a.end == b.end && a.chain_head_prefix == b.chain_head_prefix &&
         a.wal_number == b.wal_number && a.wal_bytes == b.wal_bytes;
}

// Makes the checksums hold, the boot this one, and leaves room above the counters, which rise.
std::string sealed(std::string bytes) {
  for (std::size_t at = 0; at + kFieldsAt + kFieldsBytes <= bytes.size(); at += kSlotBytes) {
    bytes[at + kBootIdAt - 1] &= 0x7f;
    const std::string& boot = storage::machine_boot_id();
    if (bytes[at] % 2 == 0)
      std::ranges::copy(boot, bytes.begin() + static_cast<long>(at + kBootIdAt));
    const auto sum = storage::crc32c({bytes.data() + at + kFieldsAt, kFieldsBytes});
    std::memcpy(bytes.data() + at, &sum, sizeof(sum));
  }
  return bytes;
}

Watermark mark_of(std::uint64_t end) {
  return {model::LogEpoch(3), model::Offset(end), "12345678", 5, 7};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::MemoryFile bytes(sealed(std::string(fuzz::text_of(data, size))));
  {
    const auto file = WatermarkFile::open(bytes.path()).value();
    for (const auto& found : {file->found().synced, file->found().exact}) {
      require(!found || found->chain_head_prefix.size() == storage::kChainHeadPrefixBytes);
    }
    require(file->sync(mark_of(1)).has_value());
    require(file->sync(mark_of(2)).has_value());
    require(file->note(mark_of(3)).has_value());
  }
  const auto file = WatermarkFile::open(bytes.path()).value();
  require(file->found().synced && same(*file->found().synced, mark_of(2)));
  require(file->found().exact && same(*file->found().exact, mark_of(3)));
  return 0;
}
