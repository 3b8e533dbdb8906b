// What becomes of inputs that were kept: small changes, drawn from a seed. The same seed and inputs
// give the same changes on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace commonwatch::fuzz {

// No input grows beyond it, unless it was larger from the start.
inline constexpr std::size_t kInputBytesMax = 64U << 10U;

class Mutation {
 public:
  // `kept`: not empty; outlives it.
  Mutation(const std::vector<std::string>& kept, std::uint64_t seed) : kept_(kept), random_(seed) {}

  // One of the kept inputs, changed at one to four places.
  std::string next();

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
  char any_byte() { return static_cast<char>(random_()); }
  void change(std::string& input);
  void flip_bit(std::string& input);
  void set_byte(std::string& input);
  void set_number(std::string& input);
  void insert(std::string& input);
  void remove(std::string& input);
  void repeat(std::string& input);
  void splice(std::string& input);
  void truncate(std::string& input) { input.resize(below(input.size() + 1)); }

  const std::vector<std::string>& kept_;
  std::mt19937_64 random_;  // its numbers are of the standard; no distribution's are
};

}  // namespace commonwatch::fuzz
