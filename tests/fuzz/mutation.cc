#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>

namespace commonwatch::fuzz {
namespace {

constexpr std::size_t kPieceBytesMax = 32;
// Where lengths and counts go wrong.
constexpr std::array<std::uint64_t, 10> kNumbers = {
    0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 0x7fffffffffffffff, ~std::uint64_t{0}};

}  // namespace

std::string Mutation::next() {
  std::string input = kept_[below(kept_.size())];
  for (std::size_t left = 1 + below(4); left > 0; --left) change(input);
  return input;
}

void Mutation::change(std::string& input) {
  switch (below(9)) {
    case 0:
    case 1:
      return flip_bit(input);
    case 2:
      return set_byte(input);
    case 3:
      return set_number(input);
    case 4:
      return insert(input);
    case 5:
      return remove(input);
    case 6:
      return repeat(input);
    case 7:
      return splice(input);
    default:
      return truncate(input);
  }
}

void Mutation::flip_bit(std::string& input) {
  if (input.empty()) return;
  char& byte = input[below(input.size())];
  byte = static_cast<char>(byte ^ (1 << below(8)));
}

void Mutation::set_byte(std::string& input) {
  if (!input.empty()) input[below(input.size())] = any_byte();
}

// Little-endian, of one to eight bytes.
void Mutation::set_number(std::string& input) {
  const std::size_t bytes = std::size_t{1} << below(4);
  if (input.size() < bytes) return;
  const std::size_t at = below(input.size() - bytes + 1);
  std::uint64_t number = kNumbers[below(kNumbers.size())];
  for (std::size_t i = 0; i < bytes; ++i, number >>= 8U) input[at + i] = static_cast<char>(number);
}

void Mutation::insert(std::string& input) {
  std::string piece(1 + below(kPieceBytesMax), '\0');
  if (below(2) == 0) std::ranges::generate(piece, [this] { return any_byte(); });
  if (input.size() + piece.size() <= kInputBytesMax) input.insert(below(input.size() + 1), piece);
}

void Mutation::remove(std::string& input) {
  const std::size_t at = below(input.size() + 1);
  input.erase(at, 1 + below(kPieceBytesMax));
}

void Mutation::repeat(std::string& input) {
  const std::size_t at = below(input.size() + 1);
  const std::string piece = input.substr(at, 1 + below(kPieceBytesMax));
  if (input.size() + piece.size() <= kInputBytesMax) input.insert(at, piece);
}

// The front of this one and the back of another.
void Mutation::splice(std::string& input) {
  const std::string& other = kept_[below(kept_.size())];
  input.resize(below(input.size() + 1));
  input += other.substr(below(other.size() + 1));
}

}  // namespace commonwatch::fuzz
