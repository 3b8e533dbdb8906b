// A square of bits: which report is linkable with which, and which reports a group holds. The
// room's own.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace commonwatch::linkage {

class BitRows {
 public:
  explicit BitRows(std::uint32_t size)
      : words_((size + 63) / 64), bits_(std::size_t{size} * words_) {}

  void set(std::uint32_t row, std::uint32_t at) { word(row, at) |= bit(at); }
  void clear(std::uint32_t row, std::uint32_t at) { word(row, at) &= ~bit(at); }
  bool has(std::uint32_t row, std::uint32_t at) const {
    return (bits_[row * words_ + at / 64] & bit(at)) != 0;
  }
  void copy(std::uint32_t row, const BitRows& others, std::uint32_t other) {
    for (std::size_t i = 0; i < words_; ++i) {
      bits_[row * words_ + i] = others.bits_[other * words_ + i];
    }
  }
  void unite(std::uint32_t row, std::uint32_t other) {
    for (std::size_t i = 0; i < words_; ++i) bits_[row * words_ + i] |= bits_[other * words_ + i];
  }
  void intersect(std::uint32_t row, const BitRows& others, std::uint32_t other) {
    for (std::size_t i = 0; i < words_; ++i) {
      bits_[row * words_ + i] &= others.bits_[other * words_ + i];
    }
  }
  bool row_within(std::uint32_t row, const BitRows& others, std::uint32_t other) const {
    for (std::size_t i = 0; i < words_; ++i) {
      if (beyond(row, others, other, i) != 0) return false;
    }
    return true;
  }
  // The one bit of the row that the other lacks; nothing if it lacks none or several.
  std::optional<std::uint32_t> only_beyond(std::uint32_t row, const BitRows& others,
                                           std::uint32_t other) const {
    std::optional<std::uint32_t> only;
    for (std::size_t i = 0; i < words_; ++i) {
      const std::uint64_t left = beyond(row, others, other, i);
      if (left == 0) continue;
      if (only || !std::has_single_bit(left)) return std::nullopt;
      only =
          static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(left));
    }
    return only;
  }

 private:
  static std::uint64_t bit(std::uint32_t at) { return std::uint64_t{1} << (at % 64); }
  std::uint64_t& word(std::uint32_t row, std::uint32_t at) { return bits_[row * words_ + at / 64]; }
  std::uint64_t beyond(std::uint32_t row, const BitRows& others, std::uint32_t other,
                       std::size_t at) const {
    return bits_[row * words_ + at] & ~others.bits_[other * words_ + at];
  }

  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace commonwatch::linkage
