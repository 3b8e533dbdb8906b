// What a fuzzer states of what was read: it ends where that does not hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string_view>

#include "hub/base/error.h"

namespace commonwatch::fuzz {

inline void require(bool holds, const std::source_location& at = std::source_location::current()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: does not hold\n", at.file_name(), static_cast<unsigned>(at.line()));
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A refusal says why, and not without end, whatever was refused.
inline void check_error(const Error& error,
                        const std::source_location& at = std::source_location::current()) {
  require(!error.message.empty(), at);
  require(error.message.size() < 2000, at);
  require(error.field.size() < 2000, at);
}

}  // namespace commonwatch::fuzz
