#include "clients/cpp/spool.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace commonwatch::client {
namespace {

constexpr std::size_t kBufferBytesMax = 64U << 10U;

Result<std::shared_ptr<File>> lock_directory(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error); error) {
    return disk_fault("cannot create", directory, error.value());
  }
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  auto file = open_file(directory / "lock", O_RDWR | O_CREAT);
  if (!file) return file;
  if (::flock((*file)->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return disk_fault("cannot lock", directory, errno);
    return make_fault(FaultKind::kFailed,
                      "another process publishes this source from " + directory.string() +
                          "; wait until it has ended, or give this one a --state-dir of its own");
  }
  return file;
}

}  // namespace

Spool::Spool(std::filesystem::path directory, SpoolLimits limits, std::shared_ptr<File> lock)
    : directory_(std::move(directory)), limits_(limits), lock_(std::move(lock)) {}

Spool::~Spool() {
  // Nothing that a caller was promised: sync() was not asked for it.
  if (file_ && !failed_ && !buffer_.empty())
    static_cast<void>(file_->write_all(buffer_, directory_));
}

Result<std::unique_ptr<Spool>> Spool::open(const std::filesystem::path& directory,
                                           SpoolLimits limits) {
  auto lock = lock_directory(directory);
  if (!lock) return lock.error();
  std::unique_ptr<Spool> spool(new Spool(directory, limits, *lock));
  auto recovered = recover_segments(directory);
  if (!recovered) return recovered.error();
  spool->segments_ = std::move(recovered->segments);
  spool->state_ = std::move(recovered->state);
  spool->cut_bytes_ = recovered->cut_bytes;
  spool->synced_index_ = spool->state_.next_index - 1;
  if (spool->segments_.empty()) {
    if (auto rolled = spool->roll(); !rolled) return rolled.error();
    return spool;
  }
  const auto& last = spool->segments_.back();
  auto file = open_file(last.path, O_WRONLY | O_APPEND);
  if (!file) return file.error();
  spool->file_ = *file;
  // What was found need not be on disk yet: the process that wrote it may have been killed.
  if (auto synced = spool->file_->sync(last.path); !synced) return synced.error();
  spool->trim();
  return spool;
}

Result<std::uint64_t> Spool::append(std::string_view payload, std::string_view origin,
                                    const Mark& mark) {
  if (payload.size() > limits_.event_bytes_max) {
    return make_fault(FaultKind::kBadInput, "the event has " + std::to_string(payload.size()) +
                                                " bytes; no hub takes more than " +
                                                std::to_string(limits_.event_bytes_max));
  }
  const std::lock_guard lock(mutex_);
  if (unacknowledged_bytes() >= limits_.unacknowledged_bytes_max) {
    return make_retryable(FaultKind::kFailed, "the spool in " + directory_.string() +
                                                  " is full; wait until the hub takes events");
  }
  const auto index = state_.next_index;
  auto appended = append_record(
      EventRecord{index, std::string(payload), std::string(origin.substr(0, 4096)), mark});
  if (!appended) return appended.error();
  return index;
}

Result<void> Spool::append_again(const SpooledEvent& event) {
  const std::lock_guard lock(mutex_);
  return append_record(EventRecord{state_.next_index, event.payload, event.origin, {}});
}

Result<void> Spool::set_mark(const Mark& mark) {
  const std::lock_guard lock(mutex_);
  return append_record(MarkRecord{mark});
}

Result<void> Spool::append_record(const SpoolRecord& record) {
  if (failed_) return *failed_;
  const auto before = buffer_.size();
  encode_record(record, buffer_);
  segments_.back().bytes += buffer_.size() - before;
  apply_record(record, state_);
  if (buffer_.size() >= kBufferBytesMax) {
    if (auto written = write_buffer(); !written) return written;
  }
  if (segments_.back().bytes >= limits_.segment_bytes_max) return roll();
  return {};
}

Result<void> Spool::write_buffer() {
  if (failed_) return *failed_;
  auto written = file_->write_all(buffer_, segments_.back().path);
  buffer_.clear();
  if (!written) failed_ = written.error();
  return written;
}

Result<void> Spool::roll() {
  if (file_) {
    if (auto written = write_buffer(); !written) return written;
    if (auto synced = file_->sync(segments_.back().path); !synced) {
      failed_ = synced.error();
      return synced;
    }
    synced_index_ = state_.next_index - 1;
  }
  Segment next;
  next.serial = segments_.empty() ? 1 : segments_.back().serial + 1;
  next.first_index = state_.next_index;
  next.path = segment_path(directory_, next.serial);
  auto file = create_segment(next, state_);
  if (!file) return file.error();
  std::error_code error;
  next.bytes = std::filesystem::file_size(next.path, error);
  segments_.push_back(next);
  file_ = *file;
  trim();
  return {};
}

Result<void> Spool::sync() {
  std::shared_ptr<File> file;
  std::filesystem::path path;
  std::uint64_t last = 0;
  {
    const std::lock_guard lock(mutex_);
    last = state_.next_index - 1;
    if (buffer_.empty() && synced_index_ >= last) return {};
    if (auto written = write_buffer(); !written) return written;
    file = file_;
    path = segments_.back().path;
  }
  // Without the lock: who appends need not wait for the disk. Segments before this one are synced.
  auto synced = file->sync(path);
  const std::lock_guard lock(mutex_);
  if (!synced) {
    failed_ = synced.error();
    return synced;
  }
  synced_index_ = std::max(synced_index_, last);
  return {};
}

Result<void> Spool::acknowledge(std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  if (index == state_.acknowledged_index) return {};
  auto appended = append_record(AcknowledgedRecord{index});
  if (!appended) return appended;
  // Not synced: an acknowledgement that is forgotten costs a repeat, no more.
  if (auto written = write_buffer(); !written) return written;
  if (segments_.size() > 1 && segments_[1].first_index <= index + 1) trim();
  return {};
}

Result<void> Spool::number_from(std::uint64_t first_index, std::uint64_t first_sequence) {
  {
    const std::lock_guard lock(mutex_);
    NumberingSpan span{first_index, static_cast<std::int64_t>(first_sequence - first_index)};
    if (auto appended = append_record(NumberingRecord{span}); !appended) return appended;
  }
  return sync();
}

// Removes the oldest segments that hold only acknowledged events and are too old or too many.
void Spool::trim() {
  const auto now = std::filesystem::file_time_type::clock::now();
  const auto keep = std::chrono::hours(24) * limits_.spool_keep_days;
  std::uint64_t kept_bytes = 0;
  for (std::size_t i = 0; i + 1 < segments_.size(); ++i) kept_bytes += segments_[i].bytes;
  kept_bytes -= std::min(kept_bytes, unacknowledged_bytes());
  while (segments_.size() > 1 && segments_[1].first_index <= state_.acknowledged_index + 1) {
    std::error_code error;
    const auto written = std::filesystem::last_write_time(segments_.front().path, error);
    if (!error && now - written < keep && kept_bytes <= limits_.kept_bytes_max) return;
    kept_bytes -= std::min(kept_bytes, segments_.front().bytes);
    std::filesystem::remove(segments_.front().path, error);
    segments_.erase(segments_.begin());
  }
}

// To the whole segment: those that hold an event not acknowledged.
std::uint64_t Spool::unacknowledged_bytes() const {
  std::uint64_t bytes = 0;
  for (std::size_t i = segments_.size(); i-- > 0;) {
    const auto end = i + 1 < segments_.size() ? segments_[i + 1].first_index : state_.next_index;
    if (end <= state_.acknowledged_index + 1) break;
    bytes += segments_[i].bytes;
  }
  return bytes;
}

bool Spool::has_room() const {
  const std::lock_guard lock(mutex_);
  return unacknowledged_bytes() < limits_.unacknowledged_bytes_max;
}
std::uint64_t Spool::first_index() const {
  const std::lock_guard lock(mutex_);
  return segments_.front().first_index;
}
std::uint64_t Spool::next_index() const {
  const std::lock_guard lock(mutex_);
  return state_.next_index;
}
std::uint64_t Spool::acknowledged_index() const {
  const std::lock_guard lock(mutex_);
  return state_.acknowledged_index;
}
std::uint64_t Spool::synced_index() const {
  const std::lock_guard lock(mutex_);
  return synced_index_;
}
Numbering Spool::numbering() const {
  const std::lock_guard lock(mutex_);
  return state_.numbering;
}
std::map<std::string, std::uint64_t> Spool::marks() const {
  const std::lock_guard lock(mutex_);
  return state_.marks.by_key();
}

}  // namespace commonwatch::client
