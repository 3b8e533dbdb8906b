// A file of text, plain or gzip.
#pragma once

#include <filesystem>
#include <string>

namespace commonwatch::detection {

// The whole of it, at most 1 GB. Throws BadInput.
std::string read_text(const std::filesystem::path& path);

}  // namespace commonwatch::detection
