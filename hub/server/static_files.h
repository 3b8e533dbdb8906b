// The dashboard at /, and the operator's map tiles under /tiles/: files that hold no data, for
// anybody who reaches the hub.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "hub/server/routes.h"
#include "hub/server/static_directory.h"

namespace commonwatch::server {

// What one answer holds of a file at a time; a slow reader has `http_timeout_ms` for each.
constexpr std::size_t kFileChunkBytes = 64U << 10U;

struct StaticRoots {
  std::filesystem::path dashboard;  // empty: the hub has none
  std::filesystem::path tiles;      // empty: none
};

// `head` is sent first, with what it has of the body; then the rest of `file`, by `next_chunk`.
struct FileAnswer {
  Response head;
  OpenFile file;
  std::uint64_t offset = 0;  // of what is still to be sent
  std::uint64_t left = 0;
};

// Any shard.
class StaticFiles {
 public:
  StaticFiles(session::Services& services, const StaticRoots& roots)
      : services_(services), dashboard_(roots.dashboard), tiles_(roots.tiles) {}

  // Whether the request is for a file: GET or HEAD of a path that is not the interface's.
  static bool is_asked(const Request& request);
  // Of a request that is asked here. Never fails: an error is an answer.
  Task<FileAnswer> answer(pipeline::Executor executor, const Request& request,
                          const session::Arrival& arrival) const;
  // Takes the next part off `answer`. Empty: the file has become shorter, or cannot be read; what
  // was promised cannot be sent.
  Task<std::string> next_chunk(pipeline::Executor executor, FileAnswer& answer) const;

 private:
  // On the pool: they block.
  FileAnswer find(const Request& request, const std::string& path) const;
  FileAnswer list_tiles(const Request& request) const;

  session::Services& services_;
  StaticDirectory dashboard_;
  StaticDirectory tiles_;
};

// Where the dashboard of this program lies if nothing else is said: share/commonwatch/dashboard
// beside the program's directory, as it is built and installed. Empty: there is none.
std::filesystem::path find_dashboard();

}  // namespace commonwatch::server
