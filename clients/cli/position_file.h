// A position kept in a file, as proto3 JSON of v1::Position.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "commonwatch/v1/hotspot.pb.h"

namespace commonwatch::cli {

// Nothing if there is no such file. Throws InputError if it holds something else.
std::optional<v1::Position> read_position(const std::filesystem::path& path);
// Replaces the file as a whole, synced. Throws InputError.
void write_position(const std::filesystem::path& path, const v1::Position& position);

}  // namespace commonwatch::cli
