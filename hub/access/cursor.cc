#include "hub/access/cursor.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <memory>

#include "hub/base/error.h"

namespace commonwatch::access {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kTimeBytes = 8;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kCursorChars = 22;  // 128 bits, six a character

using Block = std::array<unsigned char, kBlockBytes>;

Block key_of(model::LogEpoch log) {
  const std::string seed = "commonwatch cursor " + std::to_string(log.value());
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(seed.data()), seed.size(), digest.data());
  Block key{};
  std::memcpy(key.data(), digest.data(), key.size());
  return key;
}

Block crypt(model::LogEpoch log, const Block& in, bool encrypt) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const Block key = key_of(log);
  Block out{};
  int length = 0;
  if (EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr,
                        encrypt ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), out.data(), &length, in.data(), kBlockBytes) != 1) {
    throw Failure(make_error(ErrorCode::kInternal, "AES-128 is not available in this OpenSSL"));
  }
  return out;
}

std::string to_text(const Block& block) {
  std::string text;
  unsigned bits = 0;
  unsigned held = 0;
  for (const unsigned char byte : block) {
    bits = (bits << 8U) | byte;
    for (held += 8; held >= 6; held -= 6) text += kAlphabet[(bits >> (held - 6)) & 63U];
  }
  text += kAlphabet[(bits << (6 - held)) & 63U];
  return text;
}

std::optional<Block> from_text(std::string_view text) {
  if (text.size() != kCursorChars) return std::nullopt;
  Block block{};
  unsigned bits = 0;
  unsigned held = 0;
  std::size_t filled = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    held += 6;
    if (held < 8 || filled == block.size()) continue;
    held -= 8;
    block[filled++] = static_cast<unsigned char>(bits >> held);
  }
  return block;
}

}  // namespace

std::string seal_cursor(model::LogEpoch log, const CursorPlace& place) {
  Block plain{};
  const auto recorded = static_cast<std::uint64_t>(to_micros(place.recorded));
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    plain[i] = static_cast<unsigned char>(recorded >> (8 * i));
  }
  plain[kTimeBytes] = static_cast<unsigned char>(place.entries);
  plain[kTimeBytes + 1] = static_cast<unsigned char>(place.entries >> 8U);
  return to_text(crypt(log, plain, true));
}

std::optional<CursorPlace> open_cursor(model::LogEpoch log, std::string_view cursor) {
  const auto sealed = from_text(cursor);
  if (!sealed) return std::nullopt;
  const Block plain = crypt(log, *sealed, false);
  std::uint64_t recorded = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    recorded |= static_cast<std::uint64_t>(plain[i]) << (8 * i);
  }
  // The check: what is not used is zero.
  for (std::size_t i = kTimeBytes + 2; i < kBlockBytes; ++i) {
    if (plain[i] != 0) return std::nullopt;
  }
  const unsigned entries = plain[kTimeBytes] | static_cast<unsigned>(plain[kTimeBytes + 1]) << 8U;
  return CursorPlace{instant_from_micros(static_cast<std::int64_t>(recorded)),
                     static_cast<std::uint16_t>(entries)};
}

}  // namespace commonwatch::access
