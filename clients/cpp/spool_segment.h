// The segment files of a spool: naming, recovery of the last one, reading.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/fault.h"
#include "clients/cpp/spool_record.h"

namespace commonwatch::client {

// Owns a file descriptor.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

  // Writes all of it at the file's position.
  Result<void> write_all(std::string_view bytes, const std::filesystem::path& path) const;
  Result<void> sync(const std::filesystem::path& path) const;

 private:
  int descriptor_;
};

struct Segment {
  std::uint64_t serial = 0;  // names the file; grows
  std::uint64_t first_index = 1;
  std::uint64_t bytes = 0;
  std::filesystem::path path;
};

std::filesystem::path segment_path(const std::filesystem::path& directory, std::uint64_t serial);

// `what PATH: why` for a failed system call.
Fault disk_fault(const std::string& what, const std::filesystem::path& path, int error);

Result<std::shared_ptr<File>> open_file(const std::filesystem::path& path, int flags);
// So that a new or removed name survives a power cut.
Result<void> sync_directory(const std::filesystem::path& directory);

// Creates the segment with the state in it, synced.
Result<std::shared_ptr<File>> create_segment(const Segment& segment, const SpoolState& state);

// What is in a spool's directory when it is opened.
struct RecoveredSpool {
  std::vector<Segment> segments;  // in order of serial
  SpoolState state;               // behind all of them
  std::uint64_t cut_bytes = 0;    // of a torn last record
};

// Reads the first record of every segment and the whole last one. A torn tail is cut off; a segment
// whose creation was interrupted is removed. A record that is damaged with sound ones behind it is
// no torn tail: refused, the message names file and offset.
Result<RecoveredSpool> recover_segments(const std::filesystem::path& directory);

}  // namespace commonwatch::client
