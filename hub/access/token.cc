#include "hub/access/token.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "hub/access/digest.h"

namespace commonwatch::access {
namespace {

constexpr std::string_view kPrefix = "cw_";
// Crockford's base 32: no letter that looks like another or like a digit.
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretChars = 52;
constexpr std::size_t kCheckChars = 6;

std::string to_base32(std::string_view bytes, std::size_t chars) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char byte : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(byte);
    for (held += 8; held >= 5; held -= 5) text += kAlphabet[(bits >> (held - 5)) & 31U];
  }
  if (held > 0) text += kAlphabet[(bits << (5 - held)) & 31U];
  text.resize(chars, '0');
  return text;
}

std::string check_of(std::string_view text) {
  return to_base32(sha256("commonwatch token " + std::string(text)), kCheckChars);
}

}  // namespace

std::string make_token() {
  const std::string text =
      std::string(kPrefix) + to_base32(random_bytes(kSecretBytes), kSecretChars);
  return text + check_of(text);
}

TokenShape shape_of(std::string_view token) {
  if (!token.starts_with(kPrefix)) return TokenShape::kForeign;
  if (token.size() != kPrefix.size() + kSecretChars + kCheckChars) return TokenShape::kMistyped;
  const auto body = token.substr(0, token.size() - kCheckChars);
  return token.substr(body.size()) == check_of(body) ? TokenShape::kSound : TokenShape::kMistyped;
}

std::string hash_token(std::string_view token) { return sha256(token); }

bool looks_like_token(std::string_view name, std::string_view value) {
  constexpr std::array<std::string_view, 8> kNames = {"token",   "access_token",  "auth_token",
                                                      "bearer",  "authorization", "auth",
                                                      "api_key", "apikey"};
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
    return static_cast<char>(c == '-' ? '_' : std::tolower(c));
  });
  // A source may be called cw_1; nothing but a token is that long.
  const auto is_made = [](std::string_view text) {
    return text.starts_with(kPrefix) && text.size() > kSecretChars;
  };
  return std::ranges::find(kNames, lower) != kNames.end() || is_made(value) || is_made(name);
}

}  // namespace commonwatch::access
