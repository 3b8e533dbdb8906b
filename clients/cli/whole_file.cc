#include "clients/cli/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "clients/cli/input/event_reader.h"

namespace commonwatch::cli {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw InputError("cannot " + what + " " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

WholeFile::WholeFile(std::filesystem::path path)
    : path_(std::move(path)),
      part_(path_.string() + ".part"),
      descriptor_(::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) fail("create", part_);
}

WholeFile::~WholeFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(part_.c_str());
}

void WholeFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", part_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void WholeFile::commit() {
  if (::fsync(descriptor_) != 0) fail("sync", part_);
  if (::rename(part_.c_str(), path_.c_str()) != 0) fail("rename", part_);
  ::close(descriptor_);
  descriptor_ = -1;
  const auto folder = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

}  // namespace commonwatch::cli
