#include "hub/model/record.h"

#include <bit>

namespace commonwatch::model {
namespace {

// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012), under a fixed key: nobody can
// make two records collide by choosing their names, short of 2^64 attempts.
class SipHash {
 public:
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

  static constexpr std::uint64_t kKey0 = 0x434f4d4d4f4e5741;
  static constexpr std::uint64_t kKey1 = 0x5443482f494e4349;

  std::uint64_t v0_ = kKey0 ^ 0x736f6d6570736575;
  std::uint64_t v1_ = kKey1 ^ 0x646f72616e646f6d ^ 0xee;
  std::uint64_t v2_ = kKey0 ^ 0x6c7967656e657261;
  std::uint64_t v3_ = kKey1 ^ 0x7465646279746573;
  std::uint64_t word_ = 0;
  std::size_t length_ = 0;
};

}  // namespace

// A source's name holds no zero byte, so that the pair cannot be cut in two ways.
RecordKey record_key(const SourceName& source, std::string_view record_id) {
  SipHash hash;
  hash.update(source.text());
  hash.update(std::string_view("\0", 1));
  hash.update(record_id);
  return RecordKey{hash.finish()};
}

}  // namespace commonwatch::model
