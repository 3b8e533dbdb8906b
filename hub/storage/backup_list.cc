#include "hub/storage/backup_list.h"

#include <charconv>
#include <fstream>
#include <sstream>

#include "hub/storage/sync_files.h"

namespace commonwatch::storage {
namespace {

std::filesystem::path list_of(const std::filesystem::path& directory) {
  return directory / "backups";
}

}  // namespace

Result<void> list_backup(const std::filesystem::path& directory, const Backup& backup) {
  const auto lines = read_whole_file(list_of(directory));
  if (!lines) return lines.error();
  return write_whole_file(list_of(directory), lines->value_or("") +
                                                  std::to_string(backup.end.value()) + " " + to_rfc3339(backup.taken) + " " +
                                                  backup.place + "\n");
}

std::optional<Instant> last_backup(const std::filesystem::path& directory) {
  std::optional<Instant> last;
  std::ifstream lines(list_of(directory), std::ios::binary);
  for (std::string line; std::getline(lines, line);) {
    std::string end;
    std::string time;
    std::istringstream(line) >> end >> time;
    const auto taken = parse_rfc3339(time);
    if (taken && (!last || *taken > *last)) last = taken;
  }
  return last;
}

Result<void> unlist_backup(const std::filesystem::path& directory, const std::string& place) {
  const auto listed = read_whole_file(list_of(directory));
  if (!listed) return listed.error();
  std::istringstream lines(listed->value_or(""));
  std::string left;
  for (std::string line; std::getline(lines, line);) {
    if (!line.ends_with(" " + place)) left += line + "\n";
  }
  return write_whole_file(list_of(directory), left);
}

std::vector<std::string> backups_holding(const std::filesystem::path& directory,
                                         model::Offset offset) {
  std::vector<std::string> holding;
  std::ifstream lines(list_of(directory), std::ios::binary);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    std::uint64_t end = 0;
    const char* const last = line.data() + line.size();
    const auto [behind, failed] = std::from_chars(line.data(), last, end);
    const bool readable = failed == std::errc() && behind != last && *behind == ' ';
    if (readable && end <= offset.value()) continue;
    holding.push_back(readable ? std::string(behind + 1, last) : line);
  }
  return holding;
}

}  // namespace commonwatch::storage
