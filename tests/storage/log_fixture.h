// A log in a directory of its own, and calls that wait for their answer.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "hub/storage/event_log.h"
#include "hub/storage/log_keys.h"

namespace commonwatch::storage::test {

using model::Offset;
using model::Sequence;
using model::SourceName;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cw-log-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// ManualClock for a test whose log thread reads it meanwhile.
class SteppedClock final : public Clock {
 public:
  explicit SteppedClock(Instant start) : clock_(start) {}
  Instant wall() const override {
    const std::lock_guard lock(mutex_);
    return clock_.wall();
  }
  Duration boot() const override {
    const std::lock_guard lock(mutex_);
    return clock_.boot();
  }
  void advance(Duration by) {
    const std::lock_guard lock(mutex_);
    clock_.advance(by);
  }
  void jump(Duration by) {
    const std::lock_guard lock(mutex_);
    clock_.jump(by);
  }

 private:
  mutable std::mutex mutex_;
  ManualClock clock_;
};

inline Instant at(const char* text) { return *parse_rfc3339(text); }
inline SourceName source(const std::string& text) { return *SourceName::parse(text); }
inline const Instant kNoon = at("2026-03-01T12:00:00Z");

inline Candidate overdose(const std::string& record, std::uint32_t revision = 1,
                          const std::string& payload = "payload", Instant occurred = kNoon,
                          model::Cell cell = {}) {
  Candidate candidate;
  candidate.payload = payload;
  candidate.record_id = record;
  candidate.revision = revision;
  candidate.kind = model::EventKind::kOverdose;
  candidate.occurred = occurred;
  candidate.cell = cell;
  return candidate;
}

inline Candidate refused(const std::string& bytes, ErrorCode code = ErrorCode::kOutOfRange) {
  Candidate candidate;
  candidate.payload = bytes;
  candidate.refusal = make_error(code, "latitude must be a number", "location.latitude");
  return candidate;
}

// `REWRITTEN`, then of each chunk its offset and hash.
inline std::string encode_rewritten(const std::vector<RewrittenChunk>& chunks) {
  std::string payload = "REWRITTEN";
  for (const RewrittenChunk& chunk : chunks) payload += offset_key(chunk.first) + chunk.hash;
  return payload;
}

inline std::vector<RewrittenChunk> decode_rewritten(std::string_view payload) {
  std::vector<RewrittenChunk> chunks;
  constexpr std::size_t kPrefix = 9;
  if (!payload.starts_with("REWRITTEN")) return chunks;
  for (std::size_t at = kPrefix; at < payload.size(); at += 8 + 32) {
    chunks.push_back(
        {*decode_offset_key(payload.substr(at, 8)), std::string(payload.substr(at + 8, 32))});
  }
  return chunks;
}

inline LogOptions options_at(const std::filesystem::path& directory,
                             ClockMode mode = ClockMode::kWall) {
  LogOptions options;
  options.directory = directory;
  options.clock_mode = mode;
  options.end_payload = "END";
  options.rewrite_event = {encode_rewritten, decode_rewritten};
  options.limits.disk_free_bytes_min = 0;
  return options;
}

inline std::unique_ptr<EventLog> open_log(const LogOptions& options, const Clock& clock) {
  auto log = EventLog::open(options, clock);
  if (!log) FAIL(log.error().message);
  return std::move(*log);
}

inline Result<SourceOpened> open_source(EventLog& log, const SourceName& name,
                                        std::uint64_t acknowledged = 0, bool only_if_free = false) {
  std::promise<Result<SourceOpened>> answer;
  log.open_source(
      name, Sequence(acknowledged),
      [&](Result<SourceOpened> opened) { answer.set_value(std::move(opened)); }, only_if_free);
  return answer.get_future().get();
}

// The answer that counts: the refusal of the whole, or what became of it.
inline std::future<Result<Published>> submit_later(EventLog& log, const SourceHandle& handle,
                                                   std::uint64_t first,
                                                   std::vector<Candidate> events) {
  auto answer = std::make_shared<std::promise<Result<Published>>>();
  auto future = answer->get_future();
  log.submit(
      handle, Sequence(first), std::move(events),
      [answer](Result<void> ordered) {
        if (!ordered) answer->set_value(ordered.error());
      },
      [answer](Result<Published> published) { answer->set_value(std::move(published)); });
  return future;
}

inline Result<Published> submit(EventLog& log, const SourceHandle& handle, std::uint64_t first,
                                std::vector<Candidate> events) {
  return submit_later(log, handle, first, std::move(events)).get();
}

inline Published must_submit(EventLog& log, const SourceHandle& handle, std::uint64_t first,
                             std::vector<Candidate> events) {
  auto published = submit(log, handle, first, std::move(events));
  if (!published) FAIL(published.error().message);
  return *published;
}

inline Result<DurableState> seal(EventLog& log, Instant tick) {
  std::promise<Result<DurableState>> answer;
  log.seal(tick, [&](Result<DurableState> sealed) { answer.set_value(std::move(sealed)); });
  return answer.get_future().get();
}

inline Result<Published> append_hub(EventLog& log, const std::string& payload) {
  std::promise<Result<Published>> answer;
  log.append_hub_event(payload, [&](Result<Published> done) { answer.set_value(std::move(done)); });
  return answer.get_future().get();
}

inline std::vector<Chunk> read_all(const EventLog& log) {
  std::vector<Chunk> chunks;
  for (Offset next(0); next < log.durable().end;) {
    auto chunk = log.read(next);
    if (!chunk) FAIL(chunk.error().message);
    REQUIRE(chunk->has_value());
    next = (**chunk).end();
    chunks.push_back(std::move(**chunk));
  }
  return chunks;
}

// Kept whole for `keep` days, then as a skeleton until `skeleton`, by everybody.
inline Retention kept_for(std::uint32_t keep, std::uint32_t skeleton) {
  return {{}, KeptFor{keep, skeleton}};
}

// By what is not linked to anything.
inline Skeleton make_skeleton(const Chunk&, const Entry& entry) {
  Skeleton skeleton;
  if (entry.cell.is_valid()) skeleton.cell = entry.cell.parent(15);
  return skeleton;
}

inline Result<RetentionPass> reduce(EventLog& log, const Retention& retention, Instant now,
                                    const EventLog::SkeletonMaker& make = make_skeleton) {
  std::promise<Result<RetentionPass>> answer;
  log.reduce_before(retention, now, log.durable().end, make,
                    [&](Result<RetentionPass> pass) { answer.set_value(std::move(pass)); });
  return answer.get_future().get();
}

inline std::future<Result<Erased>> erase_later(EventLog& log, const SourceName& name,
                                               const std::string& record) {
  auto answer = std::make_shared<std::promise<Result<Erased>>>();
  auto future = answer->get_future();
  log.erase(
      name, record,
      [](const model::RecordKey&, std::uint64_t events) {
        return "ERASED " + std::to_string(events);
      },
      [record](const std::string& payload) { return payload == "DECIDED ON " + record; },
      [answer](Result<Erased> erased) { answer->set_value(std::move(erased)); });
  return future;
}

inline Result<Erased> erase(EventLog& log, const SourceName& name, const std::string& record) {
  return erase_later(log, name, record).get();
}

// The files below the directory that hold the text.
inline std::vector<std::string> files_with(const std::filesystem::path& directory,
                                           const std::string& text) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (bytes.view().find(text) != std::string_view::npos) found.push_back(entry.path());
  }
  return found;
}

// Every file below the directory, with its length and when it was written last.
inline std::map<std::string, std::pair<std::uintmax_t, std::filesystem::file_time_type>> files_of(
    const std::filesystem::path& directory) {
  std::map<std::string, std::pair<std::uintmax_t, std::filesystem::file_time_type>> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path()] = {entry.file_size(), entry.last_write_time()};
  }
  return files;
}

// What kill -9 leaves: the files as they are at one moment while the log is open. A copy during
// which RocksDB wrote, renamed or removed one is of no moment, and is made again.
inline void copy_as_killed(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (;;) {
    try {
      const auto before = files_of(from);
      std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
      if (files_of(from) == before) return;
    } catch (const std::filesystem::filesystem_error&) {
      // One was removed meanwhile.
    }
    std::filesystem::remove_all(to);
  }
}

}  // namespace commonwatch::storage::test
