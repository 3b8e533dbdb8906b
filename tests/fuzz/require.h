// What a fuzzer states of what was read: it ends where that does not hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "hub/base/error.h"

namespace commonwatch::fuzz {

// clang 14 has no std::source_location.
inline void require(bool holds, const char* file = __builtin_FILE(),
                    unsigned line = __builtin_LINE()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: does not hold\n", file, line);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A refusal says why, and not without end, whatever was refused.
inline void check_error(const Error& error, const char* file = __builtin_FILE(),
                        unsigned line = __builtin_LINE()) {
  require(!error.message.empty(), file, line);
  require(error.message.size() < 2000, file, line);
  require(error.field.size() < 2000, file, line);
}

}  // namespace commonwatch::fuzz
