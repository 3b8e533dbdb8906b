#include "clients/cli/input_identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "clients/cli/sha256.h"

namespace commonwatch::cli {
namespace {

constexpr std::uint64_t kHashedBytes = 64U << 10U;

std::optional<std::string> hash_beginning(const std::filesystem::path& path, std::uint64_t bytes) {
  std::ifstream in(path, std::ios::binary);
  std::string beginning(bytes, '\0');
  in.read(beginning.data(), static_cast<std::streamsize>(bytes));
  if (static_cast<std::uint64_t>(in.gcount()) != bytes) return std::nullopt;
  Sha256 hash;
  hash.add(beginning);
  return hash.hex().substr(0, 32);
}

}  // namespace

std::string file_at(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
}

// A key is `DEVICE:INODE:BYTES:HASH`, the hash over the first BYTES.
std::optional<InputIdentity> identify_input(const std::filesystem::path& path,
                                            const std::map<std::string, std::uint64_t>& saved) {
  const std::string file = file_at(path);
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (file.empty() || error) return std::nullopt;
  const std::string prefix = file + ":";
  for (auto mark = saved.lower_bound(prefix); mark != saved.end(); ++mark) {
    if (!mark->first.starts_with(prefix)) break;
    const std::string_view rest = std::string_view(mark->first).substr(prefix.size());
    std::uint64_t bytes = 0;
    const auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), bytes);
    if (bad != std::errc() || *end != ':' || bytes == 0 || bytes > kHashedBytes) continue;
    const auto hash = hash_beginning(path, bytes);
    if (hash && mark->first.ends_with(":" + *hash)) return InputIdentity{mark->first, mark->second};
  }
  const auto bytes = std::min<std::uint64_t>(size, kHashedBytes);
  const auto hash = hash_beginning(path, bytes);
  if (!hash || bytes == 0) return std::nullopt;
  return InputIdentity{prefix + std::to_string(bytes) + ":" + *hash, 0};
}

}  // namespace commonwatch::cli
