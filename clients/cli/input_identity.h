// Which file an input is, so that a position saved for it is used for it alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace commonwatch::cli {

// Device, inode, and a hash of the beginning: the same while a file grows or is renamed, another
// one when it was rotated away or written anew.
struct InputIdentity {
  std::string key;             // for the spool's marks
  std::uint64_t position = 0;  // saved for it; 0: none
};

// Looks the file up among saved positions (by key). Nothing if it cannot be read.
std::optional<InputIdentity> identify_input(const std::filesystem::path& path,
                                            const std::map<std::string, std::uint64_t>& saved);

// The file that the path names now: `device:inode`; empty if there is none.
std::string file_at(const std::filesystem::path& path);

}  // namespace commonwatch::cli
