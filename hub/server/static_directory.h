// A directory whose files anybody may read: nothing outside of it, whatever name is asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonwatch::server {

// Parts of one path.
constexpr std::size_t kPathSegmentsMax = 8;
// One part of a path.
constexpr std::size_t kPathSegmentBytesMax = 200;
// Files of one listing.
constexpr std::size_t kListedFilesMax = 1000;

// A regular file, open for reading; closed with the object.
class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  // As they were when it was opened.
  std::uint64_t size() const { return size_; }
  // Strong and quoted: another one whenever the file was written or replaced.
  const std::string& etag() const { return etag_; }
  // Up to `bytes` from `offset`; fewer only at the end of the file or when it cannot be read.
  // Blocks.
  std::string read(std::uint64_t offset, std::size_t bytes) const;
  bool is_open() const { return descriptor_ >= 0; }

 private:
  friend class StaticDirectory;
  // False: no regular file.
  bool examine();

  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string etag_;
};

// Any thread; every call blocks on the disk.
class StaticDirectory {
 public:
  explicit StaticDirectory(std::filesystem::path root) : root_(std::move(root)) {}

  bool is_set() const { return !root_.empty(); }
  // `path`: percent-decoded, without the leading slash. Nothing: there is no such file, a part of
  // the path is a symbolic link, begins with a dot, or holds anything but a-z A-Z 0-9 . - _ .
  std::optional<OpenFile> open(std::string_view path) const;
  // Names of the files directly in it that `open` takes and that end with `suffix`, in order.
  std::vector<std::string> list(std::string_view suffix) const;

 private:
  std::filesystem::path root_;
};

}  // namespace commonwatch::server
