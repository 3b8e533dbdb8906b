#include "hub/storage/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace commonwatch::storage {
namespace {

constexpr std::uint32_t kPolynomialReflected = 0x82f63b78U;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? kPolynomialReflected : 0U);
    }
    table[byte] = rest;
  }
  return table;
}
constexpr auto kTable = make_table();

std::uint32_t extend_portable(std::uint32_t sum, std::string_view bytes) {
  for (const char byte : bytes) {
    sum = (sum >> 8U) ^ kTable[(sum ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return sum;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t extend_sse42(std::uint32_t sum,
                                                             std::string_view bytes) {
  std::uint64_t wide = sum;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    wide = _mm_crc32_u64(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; left > 0; ++at, --left) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
  return narrow;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return ~extend_sse42(~before, bytes);
#endif
  return ~extend_portable(~before, bytes);
}

}  // namespace commonwatch::storage
