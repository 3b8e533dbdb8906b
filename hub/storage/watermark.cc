#include "hub/storage/watermark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "hub/storage/byte_codec.h"
#include "hub/storage/crc32c.h"

namespace commonwatch::storage {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kSlotBytes = 512;  // a sector: written whole or not at all
constexpr std::size_t kSyncedSlots = 2;
constexpr std::size_t kExactSlot = 2;
constexpr std::size_t kSlots = 3;
constexpr std::size_t kBootIdBytes = 16;

struct Slot {
  std::uint64_t counter = 0;
  std::string boot_id;
  Watermark mark;
};

Error file_error(const std::filesystem::path& path, const char* what) {
  return make_error(ErrorCode::kInternal, path.string() + ": " + what + ": " +
                                              std::strerror(errno) +
                                              "; check the disk and the rights");
}

std::string encode(const Slot& slot) {
  std::string body;
  put_little(body, kFormat);
  put_little(body, slot.counter);
  body.append(slot.boot_id);
  put_little(body, slot.mark.epoch.value());
  put_little(body, slot.mark.end.value());
  body.append(slot.mark.chain_head_prefix);
  put_little(body, slot.mark.wal_number);
  put_little(body, slot.mark.wal_bytes);
  std::string bytes;
  put_little(bytes, crc32c(body));
  bytes.append(body);
  bytes.resize(kSlotBytes, '\0');
  return bytes;
}

std::optional<Slot> decode(std::string_view bytes) {
  Reader reader(bytes);
  const auto checksum = reader.little<std::uint32_t>();
  const std::size_t body_at = reader.position();
  const auto format = reader.little<std::uint8_t>();
  Slot slot;
  slot.counter = reader.little<std::uint64_t>();
  slot.boot_id = reader.take(kBootIdBytes);
  slot.mark.epoch = model::LogEpoch(reader.little<std::uint64_t>());
  slot.mark.end = model::Offset(reader.little<std::uint64_t>());
  slot.mark.chain_head_prefix = reader.take(kChainHeadPrefixBytes);
  slot.mark.wal_number = reader.little<std::uint64_t>();
  slot.mark.wal_bytes = reader.little<std::uint64_t>();
  if (!reader.good() || format != kFormat) return std::nullopt;
  if (crc32c(bytes.substr(body_at, reader.position() - body_at)) != checksum) return std::nullopt;
  return slot;
}

std::string read_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  std::getline(file, text);
  std::erase(text, '-');
  text.resize(2 * kBootIdBytes, '0');
  std::string id;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    id.push_back(static_cast<char>(std::strtoul(text.substr(at, 2).c_str(), nullptr, 16)));
  }
  return id;
}

}  // namespace

const std::string& machine_boot_id() {
  static const std::string id = read_boot_id();
  return id;
}

WatermarkFile::~WatermarkFile() { ::close(file_); }

Result<std::unique_ptr<WatermarkFile>> WatermarkFile::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return file_error(path, "cannot be opened");
  std::unique_ptr<WatermarkFile> opened(new WatermarkFile(path, file));
  if (auto loaded = opened->load(); !loaded) return loaded.error();
  return opened;
}

Result<void> WatermarkFile::load() {
  std::array<char, kSlots * kSlotBytes> bytes{};
  const ssize_t got = ::pread(file_, bytes.data(), bytes.size(), 0);
  if (got < 0) return file_error(path_, "cannot be read");
  const std::string& boot_id = machine_boot_id();
  // A machine that does not tell would take every boot for this one.
  const bool is_told = boot_id.find_first_not_of('\0') != std::string::npos;
  std::uint64_t newest_synced = 0;
  for (std::size_t index = 0; index < kSlots; ++index) {
    const auto slot = decode(std::string_view(bytes.data() + index * kSlotBytes, kSlotBytes));
    if (!slot) continue;
    counter_ = std::max(counter_, slot->counter);
    if (index == kExactSlot) {
      if (is_told && slot->boot_id == boot_id) found_.exact = slot->mark;
    } else if (slot->counter >= newest_synced) {
      newest_synced = slot->counter;
      found_.synced = slot->mark;
      next_synced_slot_ = (index + 1) % kSyncedSlots;
    }
  }
  return {};
}

Result<void> WatermarkFile::write_slot(std::size_t slot, const Watermark& mark) {
  const std::string bytes = encode({++counter_, machine_boot_id(), mark});
  const auto at = static_cast<off_t>(slot * kSlotBytes);
  if (::pwrite(file_, bytes.data(), bytes.size(), at) != static_cast<ssize_t>(bytes.size())) {
    return file_error(path_, "cannot be written");
  }
  return {};
}

Result<void> WatermarkFile::note(const Watermark& mark) { return write_slot(kExactSlot, mark); }

Result<void> WatermarkFile::sync(const Watermark& mark) {
  if (auto noted = note(mark); !noted) return noted;
  if (auto written = write_slot(next_synced_slot_, mark); !written) return written;
  next_synced_slot_ = (next_synced_slot_ + 1) % kSyncedSlots;
  if (::fdatasync(file_) != 0) return file_error(path_, "cannot be synced");
  return {};
}

}  // namespace commonwatch::storage
