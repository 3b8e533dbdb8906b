// Invariants checked: a text is a file of tokens or refused with the line at fault; what was read,
// written and read again is the same; a sum that does not fit is refused. Any text has a shape as a
// token, and one that is sound is mistyped when a character is another.
#include "hub/access/digest.h"
#include "hub/access/token.h"
#include "hub/access/token_store.h"
#include "tests/fuzz/require.h"

namespace {

using namespace commonwatch;
using fuzz::require;

constexpr std::string_view kSum = "sha256 ";

// With the sum that fits in the place of the last line.
std::string sealed(std::string_view text) {
  const auto end = text.substr(0, text.empty() ? 0 : text.size() - 1).rfind('\n');
  const std::string kept(text.substr(0, end == text.npos ? 0 : end + 1));
  return kept + std::string(kSum) + access::to_hex(access::sha256(kept)) + "\n";
}

void check_file(std::string text) {
  const auto tokens = access::decode_tokens(text);
  if (!tokens) return fuzz::check_error(tokens.error());
  const std::string written = access::encode_tokens(*tokens);
  const auto again = access::decode_tokens(written);
  require(again.has_value() && again->size() == tokens->size());
  require(access::encode_tokens(*again) == written);
  for (const access::StoredToken& token : *tokens) {
    require(!token.id.empty() && !token.account.empty());
    require(token.sha256.size() == access::kDigestBytes);
  }
  if (text.empty()) return;
  text.insert(text.begin() + 1, 'x');
  require(access::decode_tokens(text).has_error());
}

void check_shape(std::string_view text) {
  access::looks_like_token(text, text);
  if (access::shape_of(text) != access::TokenShape::kSound) return;
  std::string other(text);
  other.back() = other.back() == '0' ? '1' : '0';
  require(access::shape_of(other) == access::TokenShape::kMistyped);
  require(access::looks_like_token("any", text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_file(std::string(text));
  check_file(sealed(text));
  check_shape(text);
  return 0;
}
