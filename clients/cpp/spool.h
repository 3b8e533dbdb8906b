// The spool: events of one source on disk, from before they are sent until some days after they
// were acknowledged. An append-only log in segments; the format is in spool_record.h.
//
// Thread-safe, but for SpoolReader: one thread each. Events are counted by index: 1, 2, 3. What was
// synced survives kill -9 and power cuts; what was not synced may be gone, and was never sent.
// One process at a time: the directory is locked. A failed write or sync is final.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "clients/cpp/fault.h"
#include "clients/cpp/spool_segment.h"

namespace commonwatch::client {

struct SpoolLimits {
  std::uint64_t segment_bytes_max = 8ULL << 20U;
  // Events that no hub has acknowledged yet; append refuses beyond it.
  std::uint64_t unacknowledged_bytes_max = 4ULL << 30U;
  // Acknowledged events that are kept in case the hub loses its log; the oldest go first.
  std::uint64_t kept_bytes_max = 1ULL << 30U;
  std::uint32_t spool_keep_days = 7;
  // One encoded event.
  std::uint64_t event_bytes_max = 256ULL << 10U;
};

struct SpooledEvent {
  std::uint64_t index = 0;
  std::string payload;
  std::string origin;
};

class Spool {
 public:
  // Creates the directory (mode 0700) if absent. Refuses one that another process uses, or that is
  // damaged other than by a torn tail.
  static Result<std::unique_ptr<Spool>> open(const std::filesystem::path& directory,
                                             SpoolLimits limits);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Takes the event's mark over with it, in one record. Gives the index. Not yet synced.
  Result<std::uint64_t> append(std::string_view payload, std::string_view origin, const Mark& mark);
  // Once more, behind the others, an event of the spool that is about to be acknowledged under the
  // number it had: also if the spool is full.
  Result<void> append_again(const SpooledEvent& event);
  Result<void> set_mark(const Mark& mark);
  // Returns when everything appended before is on disk. Others may append meanwhile.
  Result<void> sync();

  // Everything up to `index` is acknowledged (or, after the hub lost its log, only that). Trims.
  Result<void> acknowledge(std::uint64_t index);
  // Synced before it returns.
  Result<void> number_from(std::uint64_t first_index, std::uint64_t first_sequence);

  // Room for another event; append refuses when there is none.
  bool has_room() const;
  std::uint64_t first_index() const;  // the oldest that can still be read
  std::uint64_t next_index() const;
  std::uint64_t acknowledged_index() const;
  std::uint64_t synced_index() const;  // the last that is on disk
  Numbering numbering() const;
  std::map<std::string, std::uint64_t> marks() const;
  // Bytes of a torn last record that were cut off at opening.
  std::uint64_t cut_bytes() const { return cut_bytes_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  friend class SpoolReader;
  Spool(std::filesystem::path directory, SpoolLimits limits, std::shared_ptr<File> lock);
  Result<void> append_record(const SpoolRecord& record);
  Result<void> write_buffer();
  Result<void> roll();
  void trim();
  std::uint64_t unacknowledged_bytes() const;

  const std::filesystem::path directory_;
  const SpoolLimits limits_;
  const std::shared_ptr<File> lock_;
  std::uint64_t cut_bytes_ = 0;

  mutable std::mutex mutex_;
  std::vector<Segment> segments_;  // the last one is written to
  std::shared_ptr<File> file_;
  std::string buffer_;  // encoded, not yet given to the file
  SpoolState state_;
  std::uint64_t synced_index_ = 0;
  std::optional<Fault> failed_;
};

// Reads events in order, and goes on where it stood when it is asked for what follows.
class SpoolReader {
 public:
  explicit SpoolReader(const Spool& spool) : spool_(spool) {}
  // Synced events from `index` on, at most so many, and at most so many bytes (but at least one).
  // Fails if `index` was trimmed, or a record does not hold its checksum.
  Result<std::vector<SpooledEvent>> read(std::uint64_t index, std::size_t count_max,
                                         std::size_t bytes_max);

 private:
  Result<void> open_segment_of(std::uint64_t index);
  bool fill();

  const Spool& spool_;
  std::shared_ptr<File> file_;
  Segment segment_;
  std::uint64_t next_index_ = 0;  // of the next event in `window_`; 0: stands nowhere
  std::uint64_t offset_ = 0;      // in the file, of the end of `window_`
  std::string window_;
  std::size_t used_ = 0;
};

}  // namespace commonwatch::client
