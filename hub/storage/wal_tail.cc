#include "hub/storage/wal_tail.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "hub/storage/crc32c.h"
#include "hub/storage/open_hooks.h"
#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

constexpr std::size_t kBlockBytes = 32'768;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kRecyclableHeaderBytes = 11;

enum class Part : std::uint8_t { kNone, kFull, kFirst, kMiddle, kLast };

struct Fragment {
  Part part = Part::kNone;
  std::size_t end = 0;
};

template <class Integer>
Integer load(std::string_view bytes, std::size_t at) {
  Integer value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

// RocksDB stores sums masked, so that a sum over bytes that hold sums stays sound.
std::uint32_t mask(std::uint32_t sum) { return ((sum >> 15U) | (sum << 17U)) + 0xa282ead8U; }

// The fragment at `at`, if one is there whole and its checksum holds.
std::optional<Fragment> fragment_at(std::string_view bytes, std::size_t at, std::uint32_t number) {
  const std::size_t block_end = std::min(bytes.size(), (at / kBlockBytes + 1) * kBlockBytes);
  if (at + kHeaderBytes > block_end) return std::nullopt;
  const auto checksum = load<std::uint32_t>(bytes, at);
  const std::size_t length = load<std::uint16_t>(bytes, at + 4);
  const auto type = static_cast<std::uint8_t>(bytes[at + 6]);
  if (type < 1 || type > 8) return std::nullopt;
  const bool recyclable = type > 4;
  const std::size_t header = recyclable ? kRecyclableHeaderBytes : kHeaderBytes;
  if (at + header + length > block_end) return std::nullopt;
  if (recyclable && load<std::uint32_t>(bytes, at + 7) != number) return std::nullopt;
  if (mask(crc32c(bytes.substr(at + 6, header - 6 + length))) != checksum) return std::nullopt;
  return Fragment{static_cast<Part>(recyclable ? type - 4 : type), at + header + length};
}

// Where the next fragment may begin: a block's last bytes hold no header.
std::size_t skip_trailer(std::size_t at) {
  const std::size_t left = kBlockBytes - at % kBlockBytes;
  return left < kHeaderBytes ? at + left : at;
}

bool all_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == '\0'; });
}

bool begins_record(std::string_view bytes, std::size_t at, std::uint32_t number) {
  const auto fragment = fragment_at(bytes, at, number);
  return fragment && (fragment->part == Part::kFull || fragment->part == Part::kFirst);
}

// Nothing is known of where records begin behind damage, so that every place is tried.
bool any_record_begins(std::string_view bytes, std::size_t from, std::uint32_t number) {
  for (std::size_t at = from; at + kHeaderBytes <= bytes.size(); ++at) {
    const auto type = static_cast<std::uint8_t>(bytes[at + 6]);
    const bool begins = type == 1 || type == 2 || type == 5 || type == 6;
    if (begins && begins_record(bytes, at, number)) return true;
  }
  return false;
}

Result<std::string> read_wal(const std::filesystem::path& path) {
  std::string bytes;
  const auto read =
      rocksdb::ReadFileToString(&ScopedOpenHooks::current().files(), path.string(), &bytes);
  if (read.ok()) return bytes;
  return make_error(ErrorCode::kInternal, path.string() + " cannot be read: " + read.ToString() +
                                              "; check the disk and the rights");
}

Error cut_error(const WalTail& tail, const std::string& why) {
  return make_error(ErrorCode::kInternal, tail.path.string() +
                                              ": its torn end cannot be cut off: " + why +
                                              "; check the disk and the rights");
}

Result<void> copy_wal(const WalTail& tail, const std::filesystem::path& folder) {
  const auto bytes = read_wal(tail.path);
  if (!bytes) return bytes.error();
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return cut_error(tail, failed.message());
  const auto copy =
      folder / (tail.path.filename().string() + "." + std::to_string(tail.good_bytes) + ".cut");
  return write_whole_file(copy, *bytes);
}

}  // namespace

WalTail inspect_wal_bytes(std::string_view bytes, std::uint32_t number) {
  WalTail tail;
  tail.file_bytes = bytes.size();
  std::size_t at = 0;
  bool inside = false;  // between a record's first fragment and its last
  while (at < bytes.size()) {
    at = skip_trailer(at);
    const auto fragment = at < bytes.size() ? fragment_at(bytes, at, number) : std::nullopt;
    if (!fragment) break;
    const bool begins = fragment->part == Part::kFull || fragment->part == Part::kFirst;
    if (begins == inside) break;
    inside = fragment->part == Part::kFirst || fragment->part == Part::kMiddle;
    at = fragment->end;
    if (!inside) tail.good_bytes = at;
  }
  const std::string_view rest = bytes.substr(std::min<std::size_t>(tail.good_bytes, bytes.size()));
  tail.damaged = !all_zero(rest);
  if (tail.damaged) {
    // The torn record's own first fragment may be sound: look behind it.
    std::size_t behind = skip_trailer(tail.good_bytes);
    if (const auto own = fragment_at(bytes, behind, number)) {
      behind = own->end;
    } else {
      ++behind;
    }
    tail.valid_behind = any_record_begins(bytes, behind, number);
  }
  return tail;
}

Result<std::optional<WalTail>> inspect_newest_wal(const std::filesystem::path& directory) {
  std::optional<std::uint64_t> newest;
  std::filesystem::path path;
  rocksdb::FileSystem& files = ScopedOpenHooks::current().files();
  std::vector<std::string> names;
  if (!files.GetChildren(directory.string(), {}, &names, nullptr).ok()) names.clear();
  for (const std::filesystem::path name : names) {
    const std::string stem = name.stem().string();
    if (name.extension() != ".log" || stem.empty() ||
        stem.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    const std::uint64_t number = std::stoull(stem);
    if (!newest || number > *newest) {
      newest = number;
      path = directory / name;
    }
  }
  if (!newest) return std::optional<WalTail>();
  const auto bytes = read_wal(path);
  if (!bytes) return bytes.error();
  WalTail tail = inspect_wal_bytes(*bytes, static_cast<std::uint32_t>(*newest));
  tail.path = path;
  tail.number = *newest;
  return std::optional<WalTail>(std::move(tail));
}

bool reaches(const WalTail& tail, const std::optional<Watermark>& mark) {
  if (!mark || tail.number > mark->wal_number) return true;
  // A log that was just begun, and whose name a power cut took: nothing was in it.
  if (tail.number < mark->wal_number) return mark->wal_bytes == 0 && !tail.damaged;
  return tail.number == mark->wal_number && tail.good_bytes >= mark->wal_bytes;
}

Result<void> cut_wal_tail(const WalTail& tail, const std::optional<std::filesystem::path>& kept) {
  if (kept) {
    if (auto copied = copy_wal(tail, *kept); !copied) return copied;
  }
  rocksdb::FileSystem& files = ScopedOpenHooks::current().files();
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto cut = files.ReopenWritableFile(tail.path.string(), {}, &file, nullptr);
  if (cut.ok()) cut = file->Truncate(tail.good_bytes, {}, nullptr);
  if (cut.ok()) cut = file->Fsync({}, nullptr);
  if (!cut.ok()) return cut_error(tail, cut.ToString());
  return {};
}

}  // namespace commonwatch::storage
