// What proc(5) says of a process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace commonwatch::bench {

// Empty if it cannot be read.
std::string read_file(const std::filesystem::path& file);
// User and system time in a `stat` file, in seconds, to 10 ms; 0 if it is gone.
double cpu_seconds_of(const std::filesystem::path& stat);
// Time on a processor in the `schedstat` file of a thread, in seconds; 0 if it is gone.
double thread_seconds_of(const std::filesystem::path& schedstat);
pid_t parent_of(const std::filesystem::path& stat);
// The line of this name in `status` or `smaps_rollup`; 0 if there is none.
std::uint64_t kilobytes_of(const std::filesystem::path& file, const std::string& name);

}  // namespace commonwatch::bench
