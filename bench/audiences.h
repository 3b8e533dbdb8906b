// Settings of a hub with several audiences, and of two partners: one shares everything with each of
// them, the other one shares nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace commonwatch::bench {

// Partners' ids, and what they show themselves by.
inline constexpr const char* kSharingPartner = "bench";
inline constexpr const char* kSilentPartner = "old";
std::string token_of(const std::string& partner);

// From narrow to wide: published figures if `figures`, the live picture, and, the last one, the
// events, too. `count`: 1 to 8. Writes the inhabitants, which figures need, into the directory.
std::string audience_settings(const std::filesystem::path& directory, std::uint32_t count,
                              bool figures);

}  // namespace commonwatch::bench
