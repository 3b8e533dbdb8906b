#include "hub/server/static_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace commonwatch::server {
namespace {

bool is_plain(std::string_view segment) {
  if (segment.empty() || segment.size() > kPathSegmentBytesMax || segment.front() == '.') {
    return false;
  }
  return std::all_of(segment.begin(), segment.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
  });
}

// Nothing: one of them is not plain, or there are too many.
std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  for (;;) {
    const auto slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (!is_plain(segment) || segments.size() == kPathSegmentsMax) return {};
    segments.emplace_back(segment);
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

OpenFile::OpenFile(OpenFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      etag_(std::move(other.etag_)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(etag_, other.etag_);
  return *this;
}

OpenFile::~OpenFile() {
  if (is_open()) ::close(descriptor_);
}

bool OpenFile::examine() {
  struct stat status = {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  size_ = static_cast<std::uint64_t>(status.st_size);
  // The time of change, not of modification: nobody can set it back.
  char text[64];
  std::snprintf(text, sizeof text, "\"%llx-%llx%08lx\"", static_cast<unsigned long long>(size_),
                static_cast<unsigned long long>(status.st_ctim.tv_sec),
                static_cast<unsigned long>(status.st_ctim.tv_nsec));
  etag_ = text;
  return true;
}

std::string OpenFile::read(std::uint64_t offset, std::size_t bytes) const {
  std::string content(bytes, '\0');
  std::size_t held = 0;
  while (held < bytes) {
    const auto got = ::pread(descriptor_, content.data() + held, bytes - held,
                             static_cast<off_t>(offset + held));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    held += static_cast<std::size_t>(got);
  }
  content.resize(held);
  return content;
}

// One part after the other, none of them a link: a name that is tested and then opened could have
// become another file in between.
std::optional<OpenFile> StaticDirectory::open(std::string_view path) const {
  if (!is_set()) return std::nullopt;
  const std::vector<std::string> segments = split(path);
  if (segments.empty()) return std::nullopt;
  OpenFile at(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; i < segments.size() && at.is_open(); ++i) {
    // A pipe would block the opening.
    const int how = i + 1 == segments.size() ? O_RDONLY | O_NONBLOCK : O_PATH | O_DIRECTORY;
    at = OpenFile(::openat(at.descriptor_, segments[i].c_str(), how | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!at.is_open() || !at.examine()) return std::nullopt;
  return at;
}

std::vector<std::string> StaticDirectory::list(std::string_view suffix) const {
  std::vector<std::string> files;
  if (!is_set()) return files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root_, error), end;
       !error && entry != end && files.size() < kListedFilesMax; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (name.size() <= suffix.size() || !name.ends_with(suffix)) continue;
    if (open(name)) files.push_back(name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace commonwatch::server
