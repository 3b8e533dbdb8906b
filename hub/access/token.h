// The text of a token that the hub makes: `cw_`, 52 characters that are 256 random bits, and six
// that check them, so that a token that was copied wrong can be told from one that was made up, and
// a scanner of files can know one when it sees it.
#pragma once

#include <string>
#include <string_view>

namespace commonwatch::access {

// Random.
std::string make_token();

enum class TokenShape {
  kSound,
  kMistyped,  // begins as one, and its check characters do not fit
  kForeign,   // not made by `make_token`: configured, or no token at all
};
TokenShape shape_of(std::string_view token);

// What is kept of a token: SHA-256, 32 bytes.
std::string hash_token(std::string_view token);

// Whether a text would give a token away: for what comes in URLs.
bool looks_like_token(std::string_view name, std::string_view value);

}  // namespace commonwatch::access
