// Integers to bytes and back. Keys are big-endian, so that their order is the numbers' order;
// values are little-endian. A Reader never reads beyond its bytes: it goes bad, stays bad, and
// gives zeros.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace commonwatch::storage {

static_assert(std::endian::native == std::endian::little);

template <class Integer>
Integer swap_bytes(Integer value) {
  if constexpr (sizeof(Integer) == 8) {
    return static_cast<Integer>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  } else if constexpr (sizeof(Integer) == 4) {
    return static_cast<Integer>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  } else if constexpr (sizeof(Integer) == 2) {
    return static_cast<Integer>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
  } else {
    return value;
  }
}

template <class Integer>
void put_little(std::string& to, Integer value) {
  static_assert(std::is_integral_v<Integer>);
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  to.append(bytes, sizeof(value));
}

template <class Integer>
void put_big(std::string& to, Integer value) {
  put_little(to, swap_bytes(value));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class Integer>
  Integer little() {
    Integer value = 0;
    const std::string_view taken = take(sizeof(value));
    if (taken.size() == sizeof(value)) std::memcpy(&value, taken.data(), sizeof(value));
    return value;
  }
  template <class Integer>
  Integer big() {
    return swap_bytes(little<Integer>());
  }
  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) {
      bad_ = true;
      at_ = bytes_.size();
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }

  bool good() const { return !bad_; }
  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t position() const { return at_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

}  // namespace commonwatch::storage
