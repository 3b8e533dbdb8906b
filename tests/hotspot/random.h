// Random numbers of which a seed says all. The standard's distributions differ between libraries;
// this does not.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace commonwatch::hotspot::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    const auto span = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(engine_() % span);
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  double unit() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }
  template <class T>
  const T& any(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(items.size()) - 1))];
  }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1],
                items[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(i) - 1))]);
    }
  }
  // By the product of uniforms (Knuth 1969); for small means.
  int poisson(double mean);
  // Of shape 1/dispersion and mean 1, as a sum of exponentials where the shape is whole.
  double gamma(double dispersion);

 private:
  std::mt19937_64 engine_;
};

inline int Random::poisson(double mean) {
  const double limit = std::exp(-mean);
  int count = 0;
  for (double product = unit(); product > limit; product *= unit()) ++count;
  return count;
}

inline double Random::gamma(double dispersion) {
  const auto shape = static_cast<int>(std::lround(1 / dispersion));
  double sum = 0;
  for (int i = 0; i < shape; ++i) sum -= std::log(1 - unit());
  return sum / shape;
}

}  // namespace commonwatch::hotspot::test
