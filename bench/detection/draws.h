// Random numbers from a seed: the same on any machine.
#pragma once

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_01.hpp>
#include <cstdint>

namespace commonwatch::detection {

using Random = boost::random::mt19937_64;

// SplitMix64 (Steele, Lea, Flood 2014).
inline std::uint64_t mix(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t z = seed + (number + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
  return z ^ (z >> 31U);
}

// What the numbers are for: no two purposes share any.
enum class Purpose : std::uint64_t { kCalibration = 1, kNullYear, kRepetition, kSecondCity };

inline Random make_random(std::uint64_t seed, Purpose purpose, std::uint64_t number) {
  return Random(mix(mix(seed, static_cast<std::uint64_t>(purpose)), number));
}

// In [0, 1).
inline double uniform(Random& random) {
  return boost::random::uniform_01<double>()(random);
}

}  // namespace commonwatch::detection
