// A keyed hash of texts.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace commonwatch::model {

// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012). Used once: update, then finish.
class SipHash {
 public:
  explicit SipHash(const std::array<std::uint64_t, 2>& key)
      : v0_(key[0] ^ 0x736f6d6570736575),
        v1_(key[1] ^ 0x646f72616e646f6d ^ 0xee),
        v2_(key[0] ^ 0x6c7967656e657261),
        v3_(key[1] ^ 0x7465646279746573) {}

  void update(std::string_view bytes) {
    for (const char c : bytes) {
      word_ |= std::uint64_t{static_cast<unsigned char>(c)} << (8 * (length_ % 8));
      if (++length_ % 8 == 0) {
        compress(word_);
        word_ = 0;
      }
    }
  }

  std::array<std::uint64_t, 2> finish() {
    compress(word_ | (std::uint64_t{length_ & 0xff} << 56U));
    v2_ ^= 0xee;
    for (int i = 0; i < 4; ++i) round();
    const std::uint64_t first = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    for (int i = 0; i < 4; ++i) round();
    return {first, v0_ ^ v1_ ^ v2_ ^ v3_};
  }

 private:
  void compress(std::uint64_t word) {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
  }

  void round() {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
  std::uint64_t word_ = 0;
  std::size_t length_ = 0;
};

}  // namespace commonwatch::model
