// SHA-256 and random bytes from OpenSSL. Any thread. Throws Failure if OpenSSL has none.
#pragma once

#include <string>
#include <string_view>

#include "hub/storage/event_log.h"

namespace commonwatch::storage {

inline constexpr std::size_t kHashBytes = 32;

Hash sha256(std::string_view bytes);
// Appends the 32 bytes to `to`.
void append_sha256(std::string_view bytes, std::string& to);
std::string random_bytes(std::size_t count);

}  // namespace commonwatch::storage
