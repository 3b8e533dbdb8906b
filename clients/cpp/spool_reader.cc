#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "clients/cpp/spool.h"

namespace commonwatch::client {
namespace {

constexpr std::size_t kReadBytes = 1U << 20U;

}  // namespace

// Stands at the head of the segment that holds `index`.
Result<void> SpoolReader::open_segment_of(std::uint64_t index) {
  {
    const std::lock_guard lock(spool_.mutex_);
    const auto& segments = spool_.segments_;
    auto holder = std::ranges::upper_bound(segments, index, {}, &Segment::first_index);
    if (holder == segments.begin()) {
      return make_fault(FaultKind::kPositionLost, "event " + std::to_string(index) +
                                                      " is no longer in the spool " +
                                                      spool_.directory_.string());
    }
    segment_ = *std::prev(holder);
  }
  auto file = open_file(segment_.path, O_RDONLY);
  if (!file) return file.error();
  file_ = *file;
  offset_ = kSegmentMagic.size();
  window_.clear();
  used_ = 0;
  next_index_ = segment_.first_index;
  return {};
}

// Reads on in the file; false at its present end.
bool SpoolReader::fill() {
  window_.erase(0, used_);
  used_ = 0;
  const auto before = window_.size();
  window_.resize(before + kReadBytes);
  ssize_t got = 0;
  do {
    got = ::pread(file_->descriptor(), window_.data() + before, kReadBytes,
                  static_cast<off_t>(offset_));
  } while (got < 0 && errno == EINTR);
  window_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  offset_ += window_.size() - before;
  return got > 0;
}

Result<std::vector<SpooledEvent>> SpoolReader::read(std::uint64_t index, std::size_t count_max,
                                                    std::size_t bytes_max) {
  std::vector<SpooledEvent> events;
  const auto last = spool_.synced_index();
  std::size_t bytes = 0;
  // A reader that stands before `index`, but not far, reads on to it.
  bool stands_well = next_index_ != 0 && next_index_ <= index && index - next_index_ < 10'000;
  while (events.size() < count_max && index + events.size() <= last) {
    const auto wanted = index + events.size();
    if (!stands_well) {
      if (auto opened = open_segment_of(wanted); !opened) return opened.error();
      stands_well = true;
    }
    auto decoded = decode_record(std::string_view(window_).substr(used_));
    if (decoded.status == DecodeStatus::kIncomplete) {
      if (fill()) continue;
      // The end of this segment: what is wanted is synced, so it stands in a later one.
      const auto serial = segment_.serial;
      if (auto opened = open_segment_of(wanted); !opened) return opened.error();
      if (segment_.serial != serial) continue;
      return make_fault(FaultKind::kFailed, "the spool " + segment_.path.string() +
                                                " ends before event " + std::to_string(wanted));
    }
    if (decoded.status == DecodeStatus::kDamaged) {
      next_index_ = 0;
      return make_fault(FaultKind::kFailed,
                        "the spool is damaged in " + segment_.path.string() +
                            "; check the disk, then move the spool's directory away and publish "
                            "the input again (nothing is stored twice)");
    }
    auto* event = std::get_if<EventRecord>(&decoded.record);
    if (event != nullptr && event->index >= wanted) {
      if (!events.empty() && bytes + event->payload.size() > bytes_max) return events;
      bytes += event->payload.size();
      events.push_back({event->index, std::move(event->payload), std::move(event->origin)});
    }
    if (event != nullptr) next_index_ = event->index + 1;
    used_ += decoded.size;
  }
  return events;
}

}  // namespace commonwatch::client
