// Randomness that is the same on every machine: a counter-based generator, and samplers made of
// integers, + - * / and sqrt alone. The standard's distributions and the C library's logarithm
// differ between libraries, so neither is used. Build without contraction of a * b + c.
#pragma once

#include <cstdint>

namespace commonwatch::cli {

// Natural logarithm of a positive number, e to a power within +-700, cosine within +-pi/2.
double natural_log(double x);
double exponential_of(double x);
double cosine(double x);

// A stream of numbers that its key alone decides. Not thread-safe; cheap to make.
class Random {
 public:
  // Keys that differ in any part give independent streams.
  Random(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index);

  std::uint64_t bits();
  double uniform();                           // 0 <= u < 1
  double between(double least, double most);  // uniform
  bool chance(double probability);
  int below(int count);  // 0 to count - 1
  double normal();       // mean 0, deviation 1; polar method, Marsaglia and Bray 1964
  double exponential(double mean);
  double gamma(double shape);  // mean `shape`, at least 1; Marsaglia and Tsang 2000
  int poisson(double mean);    // by products of uniforms, Knuth

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace commonwatch::cli
