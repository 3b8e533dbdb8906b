#include "hub/storage/sync_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace commonwatch::storage {
namespace {

Error file_error(const std::filesystem::path& path, const char* what) {
  return make_error(ErrorCode::kInternal, path.string() + ": " + what + ": " +
                                              std::strerror(errno) +
                                              "; check the disk and the rights");
}

Result<void> write_all(int file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return file_error(path, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return file_error(path, "cannot be synced");
  return {};
}

}  // namespace

Result<void> sync_directory(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return file_error(path, "cannot be opened");
  const bool synced = ::fsync(file) == 0;
  const Error error = file_error(path, "cannot be synced");
  ::close(file);
  if (!synced) return error;
  return {};
}

Result<void> write_whole_file(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path unfinished = path.string() + ".tmp";
  const int file =
      ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return file_error(unfinished, "cannot be created");
  auto written = write_all(file, bytes, unfinished);
  ::close(file);
  if (!written) return written;
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return file_error(path, "cannot be named");
  return sync_directory(path.parent_path());
}

Result<std::optional<std::string>> read_whole_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) return std::optional<std::string>();
  if (file < 0) return file_error(path, "cannot be opened");
  std::string bytes;
  std::array<char, 16'384> part{};
  ssize_t got = 0;
  do {
    got = ::read(file, part.data(), part.size());
    if (got > 0) bytes.append(part.data(), static_cast<std::size_t>(got));
  } while (got > 0 || (got < 0 && errno == EINTR));
  const Error error = file_error(path, "cannot be read");
  ::close(file);
  if (got < 0) return error;
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace commonwatch::storage
