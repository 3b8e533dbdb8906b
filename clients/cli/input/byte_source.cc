#include "clients/cli/input/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "clients/cli/input/event_reader.h"

namespace commonwatch::cli {
namespace {

constexpr std::size_t kReadBytes = 64U << 10U;
constexpr std::string_view kGzipMagic = "\x1f\x8b";

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path)
      : name_(path == "-" ? "standard input" : path),
        descriptor_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (descriptor_ < 0) fail("cannot be opened");
    if (::fstat(descriptor_, &status) == 0 && S_ISDIR(status.st_mode)) {
      ::close(descriptor_);
      throw InputError(name_ + " is a directory; name the files in it");
    }
  }
  ~FileSource() override {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(char* to, std::size_t size) override {
    while (true) {
      const ssize_t count = ::read(descriptor_, to, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) fail("cannot be read");
    }
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw InputError(name_ + " " + what + ": " + std::strerror(errno) +
                     "; check the path and your rights to it");
  }

  std::string name_;
  int descriptor_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::size_t read(char* to, std::size_t size) override {
    const std::size_t count = bytes_.copy(to, size, at_);
    at_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

// Gives back the bytes that were read to find out what a source holds.
class ReplayedSource final : public ByteSource {
 public:
  ReplayedSource(std::string first, std::unique_ptr<ByteSource> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}
  std::size_t read(char* to, std::size_t size) override {
    if (at_ == first_.size()) return rest_->read(to, size);
    const std::size_t count = first_.copy(to, size, at_);
    at_ += count;
    return count;
  }

 private:
  std::string first_;
  std::unique_ptr<ByteSource> rest_;
  std::size_t at_ = 0;
};

// Any number of gzip members, one after the other.
class GzipSource final : public ByteSource {
 public:
  GzipSource(std::string name, std::unique_ptr<ByteSource> packed)
      : name_(std::move(name)), packed_(std::move(packed)) {
    constexpr int kGzipWindow = 15 + 16;
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw InputError("no memory to unpack gzip");
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  std::size_t read(char* to, std::size_t size) override {
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(size, kReadBytes));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted && refill()) {
      const int code = inflate(&stream_, Z_NO_FLUSH);
      inside_ = code != Z_STREAM_END;
      if (code == Z_STREAM_END) {
        inflateReset(&stream_);
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        fail("is damaged");
      }
    }
    return wanted - stream_.avail_out;
  }

 private:
  // Whether there is anything to unpack.
  bool refill() {
    if (stream_.avail_in > 0) return true;
    const std::size_t count = packed_->read(input_.data(), input_.size());
    if (count == 0 && inside_) fail("ends in the middle");
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(count);
    packed_bytes_ += count;
    return count > 0;
  }
  [[noreturn]] void fail(const char* what) const {
    throw InputError(name_ + ": the gzip data " + what + " near byte " +
                     std::to_string(packed_bytes_ - stream_.avail_in) +
                     "; fetch the file again, everything before it was read");
  }

  std::string name_;
  std::unique_ptr<ByteSource> packed_;
  std::array<char, kReadBytes> input_{};
  z_stream stream_{};
  std::uint64_t packed_bytes_ = 0;
  bool inside_ = false;  // a member has begun and not ended
};

}  // namespace

std::unique_ptr<ByteSource> open_bytes(const std::string& path, bool follow) {
  std::unique_ptr<ByteSource> source = std::make_unique<FileSource>(path);
  std::string first(kGzipMagic.size(), '\0');
  std::size_t have = 0;
  while (have < first.size()) {
    const std::size_t count = source->read(first.data() + have, first.size() - have);
    if (count == 0) break;
    have += count;
  }
  first.resize(have);
  const bool packed = first == kGzipMagic;
  source = std::make_unique<ReplayedSource>(std::move(first), std::move(source));
  if (!packed) return source;
  if (follow) {
    throw InputError(path + " is gzipped and cannot be followed; unpack it, or leave out --follow");
  }
  return std::make_unique<GzipSource>(path, std::move(source));
}

std::unique_ptr<ByteSource> bytes_of(std::string bytes) {
  return std::make_unique<MemorySource>(std::move(bytes));
}

bool InputWindow::fill() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  const std::size_t count = source_->read(buffer_.data() + before, kReadBytes);
  buffer_.resize(before + count);
  return count > 0;
}

void InputWindow::consume(std::size_t count) {
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
  lines_ +=
      static_cast<std::uint64_t>(std::count(from, from + static_cast<std::ptrdiff_t>(count), '\n'));
  begin_ += count;
  position_ += count;
}

bool InputWindow::consume_line() {
  while (true) {
    const std::size_t newline = bytes().find('\n');
    if (newline != std::string_view::npos) {
      consume(newline + 1);
      return true;
    }
    consume(bytes().size());
    if (!fill()) return false;
  }
}

}  // namespace commonwatch::cli
