// SHA-256 and HMAC-SHA256.
#pragma once

#include <string>
#include <string_view>

namespace commonwatch::cli {

// 32 bytes.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// Lower case.
std::string to_hex(std::string_view bytes);

}  // namespace commonwatch::cli
