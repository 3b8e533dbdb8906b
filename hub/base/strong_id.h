// A number that says what it counts, so that no function takes two bare integers.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace commonwatch {

template <class Tag, class Number = std::uint64_t>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(Number value) : value_(value) {}

  constexpr Number value() const { return value_; }
  constexpr StrongId next() const { return StrongId(value_ + 1); }
  constexpr StrongId plus(Number count) const { return StrongId(value_ + count); }

  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  Number value_ = 0;
};

}  // namespace commonwatch

template <class Tag, class Number>
struct std::hash<commonwatch::StrongId<Tag, Number>> {
  std::size_t operator()(commonwatch::StrongId<Tag, Number> id) const noexcept {
    return std::hash<Number>()(id.value());
  }
};
