#include "clients/cpp/spool_segment.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

namespace commonwatch::client {
namespace {

constexpr std::string_view kSuffix = ".spool";

std::optional<std::uint64_t> serial_of(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (!name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t serial = 0;
  const char* end = name.data() + name.size() - kSuffix.size();
  const auto [stop, error] = std::from_chars(name.data(), end, serial);
  if (error != std::errc() || stop != end) return std::nullopt;
  return serial;
}

Result<std::string> read_bytes(const Segment& segment, std::size_t bytes) {
  auto file = open_file(segment.path, O_RDONLY);
  if (!file) return file.error();
  std::string text(bytes, '\0');
  for (std::size_t at = 0; at < bytes;) {
    const auto read = ::read((*file)->descriptor(), text.data() + at, bytes - at);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return disk_fault("cannot read", segment.path, errno);
    if (read == 0) {
      return make_fault(FaultKind::kFailed, segment.path.string() +
                                                " became shorter while it was "
                                                "read; nothing was changed");
    }
    at += static_cast<std::size_t>(read);
  }
  return text;
}

// The State at the head of a segment; nothing if there is none.
Result<std::optional<SpoolState>> read_head(const Segment& segment) {
  using Head = std::optional<SpoolState>;
  const auto text = read_bytes(
      segment, std::min<std::size_t>(segment.bytes, kRecordBodyBytesMax + kRecordHeaderBytes + 8));
  if (!text) return text.error();
  if (!text->starts_with(kSegmentMagic)) return Head();
  auto head = decode_record(std::string_view(*text).substr(kSegmentMagic.size()));
  if (head.status != DecodeStatus::kRecord) return Head();
  auto* state = std::get_if<SpoolState>(&head.record);
  return state ? Head(std::move(*state)) : Head();
}

// Whether a sound record begins anywhere behind the first byte: then what is before it is damage,
// and no end that was torn off.
bool has_record_behind(std::string_view text) {
  for (std::size_t at = 1; at + kRecordHeaderBytes < text.size(); ++at) {
    if (decode_record(text.substr(at)).status == DecodeStatus::kRecord) return true;
  }
  return false;
}

Fault damaged(const std::filesystem::path& path, std::size_t offset) {
  return make_fault(FaultKind::kFailed,
                    "the spool is damaged in " + path.string() + " at byte " +
                        std::to_string(offset) +
                        ", with sound records behind it; check the disk, then move the spool's "
                        "directory away and publish the input again (nothing is stored twice)");
}

// Applies every record of the last segment; gives the offset at which what is sound ends.
Result<std::size_t> fold_segment(const Segment& segment, SpoolState& state) {
  const auto text = read_bytes(segment, segment.bytes);
  if (!text) return text.error();
  std::string_view rest(*text);
  rest.remove_prefix(std::min(rest.size(), kSegmentMagic.size()));
  while (!rest.empty()) {
    auto decoded = decode_record(rest);
    if (decoded.status == DecodeStatus::kRecord) {
      apply_record(decoded.record, state);
      rest.remove_prefix(decoded.size);
      continue;
    }
    if (has_record_behind(rest)) return damaged(segment.path, text->size() - rest.size());
    break;
  }
  return text->size() - rest.size();
}

}  // namespace

File::~File() { ::close(descriptor_); }

Result<void> File::write_all(std::string_view bytes, const std::filesystem::path& path) const {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_fault("cannot write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> File::sync(const std::filesystem::path& path) const {
  if (::fdatasync(descriptor_) != 0) return disk_fault("cannot sync", path, errno);
  return {};
}

std::filesystem::path segment_path(const std::filesystem::path& directory, std::uint64_t serial) {
  std::string digits = std::to_string(serial);
  digits.insert(0, digits.size() < 10 ? 10 - digits.size() : 0, '0');
  return directory / (digits + std::string(kSuffix));
}

Fault disk_fault(const std::string& what, const std::filesystem::path& path, int error) {
  return make_fault(FaultKind::kFailed, what + " " + path.string() + ": " + std::strerror(error));
}

Result<std::shared_ptr<File>> open_file(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return disk_fault("cannot open", path, errno);
  return std::make_shared<File>(descriptor);
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  auto file = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!file) return file.error();
  if (::fsync((*file)->descriptor()) != 0) return disk_fault("cannot sync", directory, errno);
  return {};
}

Result<std::shared_ptr<File>> create_segment(const Segment& segment, const SpoolState& state) {
  auto file = open_file(segment.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  if (!file) return file;
  std::string head(kSegmentMagic);
  encode_record(state, head);
  if (auto written = (*file)->write_all(head, segment.path); !written) return written.error();
  if (auto synced = (*file)->sync(segment.path); !synced) return synced.error();
  if (auto synced = sync_directory(segment.path.parent_path()); !synced) return synced.error();
  return file;
}

Result<RecoveredSpool> recover_segments(const std::filesystem::path& directory) {
  RecoveredSpool recovered;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const auto serial = serial_of(entry.path());
    if (!serial) continue;
    std::error_code failed;
    const auto bytes = entry.file_size(failed);
    if (failed) return disk_fault("cannot read", entry.path(), failed.value());
    recovered.segments.push_back({*serial, 1, bytes, entry.path()});
  }
  auto& segments = recovered.segments;
  std::ranges::sort(segments, {}, &Segment::serial);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto head = read_head(segments[i]);
    if (!head) return head.error();
    if (*head) {
      segments[i].first_index = (**head).next_index;
      continue;
    }
    // The last one, if it was being made: then nothing but a part of its head is in it.
    const auto text = read_bytes(segments[i], segments[i].bytes);
    if (!text) return text.error();
    if (i + 1 < segments.size() || has_record_behind(*text)) return damaged(segments[i].path, 0);
    std::filesystem::remove(segments[i].path);
    segments.pop_back();
  }
  if (segments.empty()) return recovered;
  auto& last = segments.back();
  auto sound = fold_segment(last, recovered.state);
  if (!sound) return sound.error();
  if (*sound < last.bytes) {
    recovered.cut_bytes = last.bytes - *sound;
    std::filesystem::resize_file(last.path, *sound);
    last.bytes = *sound;
  }
  return recovered;
}

}  // namespace commonwatch::client
