// SHA-256, random bytes, and comparison that takes as long whatever differs, from OpenSSL. Any
// thread. Throws Failure if OpenSSL has none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace commonwatch::access {

inline constexpr std::size_t kDigestBytes = 32;

std::string sha256(std::string_view bytes);
std::string random_bytes(std::size_t count);
// Looks at every byte, wherever the first difference is. Lengths are no secret.
bool is_equal(std::string_view a, std::string_view b);

std::string to_hex(std::string_view bytes);
// Empty: not lower-case hex.
std::string from_hex(std::string_view hex);

}  // namespace commonwatch::access
