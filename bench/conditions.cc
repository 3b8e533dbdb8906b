#include <rocksdb/version.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>

#include "bench/report.h"

namespace commonwatch::bench {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

std::string file_system(const std::filesystem::path& directory) {
  constexpr long kExt = 0xef53;
  constexpr long kXfs = 0x58465342;
  constexpr long kBtrfs = 0x9123683e;
  constexpr long kTmpfs = 0x01021994;
  constexpr long kOverlay = 0x794c7630;
  struct statfs status {};
  if (statfs(directory.c_str(), &status) != 0) return "unknown file system";
  switch (status.f_type) {
    case kExt:
      return "ext4";
    case kXfs:
      return "xfs";
    case kBtrfs:
      return "btrfs";
    case kTmpfs:
      return "tmpfs (not a disk: syncs cost nothing)";
    case kOverlay:
      return "overlayfs";
    default:
      return "another file system";
  }
}

std::string memory() {
  const auto bytes =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return std::to_string(static_cast<int>(bytes / (1 << 30) + 0.5)) + " GiB";
}

}  // namespace

Conditions read_conditions(const Setup& setup, unsigned rounds) {
  utsname system{};
  uname(&system);
  std::ostringstream machine;
  machine << processor() << ", " << std::thread::hardware_concurrency() << " cores, " << memory()
          << ", " << file_system(setup.directory) << ", Linux " << system.release;
  std::ostringstream versions;
  versions << "g++ " << __VERSION__ << ", " << COMMONWATCH_BUILD_TYPE << " build, RocksDB "
           << ROCKSDB_MAJOR << "." << ROCKSDB_MINOR << "." << ROCKSDB_PATCH;
  char date[32];
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  return {machine.str(), versions.str(), date, rounds};
}

}  // namespace commonwatch::bench
