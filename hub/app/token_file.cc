#include "hub/app/token_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "hub/storage/sync_files.h"

namespace commonwatch::app {
namespace {

Error file_error(const std::filesystem::path& path, const char* what) {
  return make_error(ErrorCode::kInternal, path.string() + ": " + what + ": " +
                                              std::strerror(errno) +
                                              "; check the disk and the rights");
}

// Held until it is destroyed, or the process ends.
class Lock {
 public:
  explicit Lock(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    while (file_ >= 0 && !(held_ = ::flock(file_, LOCK_EX) == 0) && errno == EINTR) continue;
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() {
    if (file_ >= 0) ::close(file_);
  }
  bool is_held() const { return held_; }

 private:
  int file_;
  bool held_ = false;
};

}  // namespace

Result<std::string> DiskTokenFile::read() {
  std::error_code failed;
  if (!std::filesystem::exists(path_, failed)) return std::string();
  std::ifstream file(path_, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) return file_error(path_, "cannot be read");
  // Nothing at all is what is left of a file that was never synced, not a file without tokens.
  if (bytes.view().empty()) return std::string("\n");
  return bytes.str();
}

Result<void> DiskTokenFile::change(const Edit& edit) {
  const Lock lock(path_.string() + ".lock");
  if (!lock.is_held()) return file_error(path_.string() + ".lock", "cannot be locked");
  const auto before = read();
  if (!before) return before.error();
  const auto after = edit(*before);
  if (!after) return after.error();
  return storage::write_whole_file(path_, *after);
}

bool DiskTokenFile::has_changed() {
  struct stat found {};
  std::string now;
  if (::stat(path_.c_str(), &found) == 0) {
    now = std::to_string(found.st_ino) + " " + std::to_string(found.st_size) + " " +
          std::to_string(found.st_mtim.tv_sec) + " " + std::to_string(found.st_mtim.tv_nsec);
  }
  return std::exchange(seen_, now) != now;
}

}  // namespace commonwatch::app
