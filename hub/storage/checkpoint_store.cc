#include "hub/storage/checkpoint_store.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "hub/storage/byte_codec.h"
#include "hub/storage/crc32c.h"
#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

constexpr std::string_view kMagic = "CWCKPT";
constexpr std::uint8_t kFormat = 1;
constexpr const char* kExtension = ".checkpoint";
constexpr std::size_t kHexDigits = 16;

bool names_folder(const std::string& audience) {
  return !audience.empty() && audience.size() <= 128 && audience.front() != '.' &&
         audience.find('/') == std::string::npos && audience.find('\0') == std::string::npos;
}

std::string hex(std::uint64_t number) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text(kHexDigits, '0');
  for (std::size_t at = kHexDigits; at > 0; --at, number >>= 4U) {
    text[at - 1] = kDigits[number & 0xfU];
  }
  return text;
}

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  std::string body;
  body.reserve(checkpoint.state.size() + 64);
  put_little(body, kFormat);
  put_little(body, checkpoint.epoch.value());
  put_little(body, checkpoint.version.value());
  put_little(body, checkpoint.next.value());
  put_little(body, static_cast<std::uint64_t>(checkpoint.state.size()));
  body.append(checkpoint.state);
  std::string bytes(kMagic);
  put_little(bytes, crc32c(body));
  bytes.append(body);
  return bytes;
}

std::optional<Checkpoint> decode_checkpoint(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.take(kMagic.size()) != kMagic) return std::nullopt;
  const auto checksum = reader.little<std::uint32_t>();
  if (!reader.good() || crc32c(bytes.substr(reader.position())) != checksum) return std::nullopt;
  if (reader.little<std::uint8_t>() != kFormat) return std::nullopt;
  Checkpoint checkpoint;
  checkpoint.epoch = model::EngineEpoch(reader.little<std::uint64_t>());
  checkpoint.version = model::Version(reader.little<std::uint64_t>());
  checkpoint.next = model::Offset(reader.little<std::uint64_t>());
  checkpoint.state = reader.take(reader.little<std::uint64_t>());
  if (!reader.good() || !reader.at_end()) return std::nullopt;
  return checkpoint;
}

std::vector<model::Version> versions_to_drop(std::vector<model::Version> versions,
                                             std::size_t keep) {
  std::vector<model::Version> dropped;
  const std::size_t newest = (keep + 1) / 2;
  while (versions.size() > keep) {
    // Of the older ones, the one whose neighbours lie closest together is missed least. The oldest
    // stays, unless only the newest may.
    std::size_t least = 0;
    std::uint64_t narrowest = ~std::uint64_t{0};
    for (std::size_t at = 1; at + newest < versions.size(); ++at) {
      const std::uint64_t gap = versions[at + 1].value() - versions[at - 1].value();
      if (gap < narrowest) {
        narrowest = gap;
        least = at;
      }
    }
    dropped.push_back(versions[least]);
    versions.erase(versions.begin() + static_cast<std::ptrdiff_t>(least));
  }
  return dropped;
}

std::filesystem::path CheckpointStore::path_of(const std::string& audience,
                                               model::EngineEpoch epoch,
                                               model::Version version) const {
  return directory_ / audience / (hex(epoch.value()) + "-" + hex(version.value()) + kExtension);
}

std::vector<model::Version> CheckpointStore::versions(const std::string& audience,
                                                      model::EngineEpoch epoch) const {
  std::vector<model::Version> found;
  std::error_code failed;
  const std::string prefix = hex(epoch.value()) + "-";
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / audience, failed)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() != kExtension || !stem.starts_with(prefix)) continue;
    const auto version = parse_hex(std::string_view(stem).substr(prefix.size()));
    if (version) found.emplace_back(*version);
  }
  std::sort(found.begin(), found.end());
  return found;
}

void CheckpointStore::drop_other_epochs(const std::string& audience,
                                        model::EngineEpoch epoch) const {
  std::vector<std::filesystem::path> dropped;
  std::error_code failed;
  const std::string prefix = hex(epoch.value()) + "-";
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / audience, failed)) {
    if (!entry.path().filename().string().starts_with(prefix)) dropped.push_back(entry.path());
  }
  // One from each earlier epoch would do for its replays; what matters more is that they end.
  std::sort(dropped.begin(), dropped.end(), [&](const auto& a, const auto& b) {
    return std::filesystem::last_write_time(a, failed) >
           std::filesystem::last_write_time(b, failed);
  });
  constexpr std::size_t kOtherEpochsMax = 32;
  for (std::size_t at = kOtherEpochsMax; at < dropped.size(); ++at) {
    std::filesystem::remove(dropped[at], failed);
  }
}

Result<void> CheckpointStore::write(const std::string& audience, const Checkpoint& checkpoint,
                                    model::Offset clean_below, std::size_t keep) {
  if (!names_folder(audience)) {
    return make_error(ErrorCode::kInvalidRequest,
                      "'" + audience + "' cannot name a folder; give the audience another name");
  }
  const std::lock_guard lock(mutex_);
  if (last_erasure_ && clean_below <= *last_erasure_) return {};
  std::error_code failed;
  const bool fresh = std::filesystem::create_directories(directory_ / audience, failed);
  if (failed) {
    return make_error(ErrorCode::kInternal, (directory_ / audience).string() +
                                                " cannot be created: " + failed.message() +
                                                "; check the disk and the rights");
  }
  if (fresh) {
    if (auto synced = sync_directory(directory_); !synced) return synced;
  }
  if (auto written = write_whole_file(path_of(audience, checkpoint.epoch, checkpoint.version),
                                      encode_checkpoint(checkpoint));
      !written) {
    return written;
  }
  const std::size_t kept = std::max<std::size_t>(keep, 1);
  for (const model::Version version :
       versions_to_drop(versions(audience, checkpoint.epoch), kept)) {
    std::filesystem::remove(path_of(audience, checkpoint.epoch, version), failed);
  }
  drop_other_epochs(audience, checkpoint.epoch);
  return {};
}

std::optional<Checkpoint> CheckpointStore::read(const std::string& audience,
                                                model::EngineEpoch epoch, model::Version at) const {
  if (!names_folder(audience)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = versions(audience, epoch);
  for (auto it = found.rbegin(); it != found.rend(); ++it) {
    if (*it > at) continue;
    std::ifstream file(path_of(audience, epoch, *it), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    auto checkpoint = decode_checkpoint(bytes.view());
    if (checkpoint && checkpoint->epoch == epoch && checkpoint->version == *it) return checkpoint;
  }
  return std::nullopt;
}

Result<void> CheckpointStore::remove_all(model::Offset erasure) {
  const std::lock_guard lock(mutex_);
  last_erasure_ = erasure;
  std::error_code failed;
  std::filesystem::remove_all(directory_, failed);
  if (failed) {
    return make_error(ErrorCode::kInternal, directory_.string() +
                                                " cannot be removed: " + failed.message() +
                                                "; check the rights, then restart the hub");
  }
  return sync_directory(directory_.parent_path());
}

void CheckpointStore::remove_before(model::Offset offset) {
  const std::lock_guard lock(mutex_);
  std::error_code failed;
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_, failed)) {
    if (entry.path().extension() != kExtension) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    const auto checkpoint = decode_checkpoint(bytes.view());
    if (!checkpoint || checkpoint->next < offset) old.push_back(entry.path());
  }
  for (const auto& path : old) std::filesystem::remove(path, failed);
}

}  // namespace commonwatch::storage
