// Inputs for the fuzzers, made of a small log of two partners. The same every time.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace commonwatch::fuzz {

inline void keep(const std::filesystem::path& corpus, const std::string& name,
                 std::string_view bytes) {
  const std::filesystem::path path = corpus / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// chunk, stored_values, watermark, wal_tail.
void make_storage(const std::filesystem::path& corpus);
// hub_event, cursor, tokens, canonical_settings, server_message, spool.
void make_texts(const std::filesystem::path& corpus);
// checkpoint and the states of the rooms.
void make_states(const std::filesystem::path& corpus);

}  // namespace commonwatch::fuzz
