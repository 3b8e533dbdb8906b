// Bytes from a file, a pipe or standard input; gzip is unpacked, recognised by its first two bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace commonwatch::cli {

// Not thread-safe; blocks. Throws InputError when the bytes cannot be read.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes; 0 at the end, for now: a plain file may grow and give more later.
  virtual std::size_t read(char* to, std::size_t size) = 0;
};

// `path` may be "-". With `follow`, gzip is refused.
std::unique_ptr<ByteSource> open_bytes(const std::string& path, bool follow);
// The same over bytes at hand, which are copied.
std::unique_ptr<ByteSource> bytes_of(std::string bytes);

// The unread bytes of a source that are at hand, so that a record is looked at before it is taken.
class InputWindow {
 public:
  explicit InputWindow(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::string_view bytes() const { return std::string_view(buffer_).substr(begin_); }
  // Reads more behind them; false at the end, for now. Invalidates bytes().
  bool fill();
  // Takes the first `count` of bytes().
  void consume(std::size_t count);
  // Bytes taken so far, and lines among them that are complete.
  std::uint64_t position() const { return position_; }
  std::uint64_t lines() const { return lines_; }
  // Takes everything up to and with the next newline; false if the end comes first.
  bool consume_line();

 private:
  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace commonwatch::cli
