#include "bench/process_files.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace commonwatch::bench {
namespace {

// Field `number` (from 1) and what follows; the second one, in parentheses, may hold spaces.
std::istringstream fields_from(const std::filesystem::path& stat, int number) {
  const std::string text = read_file(stat);
  const auto end = text.rfind(')');
  std::istringstream fields(end == std::string::npos ? "" : text.substr(end + 1));
  std::string passed;
  for (int field = 3; field < number; ++field) fields >> passed;
  return fields;
}

}  // namespace

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

double cpu_seconds_of(const std::filesystem::path& stat) {
  double user = 0;
  double system = 0;
  fields_from(stat, 14) >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double thread_seconds_of(const std::filesystem::path& schedstat) {
  double nanoseconds = 0;
  std::ifstream(schedstat) >> nanoseconds;
  return nanoseconds / 1e9;
}

pid_t parent_of(const std::filesystem::path& stat) {
  pid_t parent = 0;
  fields_from(stat, 4) >> parent;
  return parent;
}

std::uint64_t kilobytes_of(const std::filesystem::path& file, const std::string& name) {
  const std::string text = "\n" + read_file(file);
  const auto at = text.find("\n" + name);
  if (at == std::string::npos) return 0;
  return std::strtoull(text.c_str() + at + 1 + name.size(), nullptr, 10);
}

}  // namespace commonwatch::bench
