#include "clients/cli/simulate/random.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::cli {
namespace {

constexpr double kLn2 = 0.693147180559945309;
constexpr double kPoissonStep = 16;  // e^-16 leaves the product of uniforms enough digits

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}
constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

int poisson_step(Random& random, double mean) {
  const double limit = exponential_of(-mean);
  int count = 0;
  for (double product = random.uniform(); product > limit; product *= random.uniform()) ++count;
  return count;
}

}  // namespace

double natural_log(double x) {
  int exponent = 0;
  const double mantissa = std::frexp(x, &exponent);
  // ln m = 2 artanh((m - 1) / (m + 1)), |s| <= 1/3.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double term = s;
  double sum = 0;
  for (int k = 1; k < 40; k += 2) {
    sum += term / k;
    term *= square;
  }
  return 2 * sum + exponent * kLn2;
}

double exponential_of(double x) {
  const double whole = std::floor(x / kLn2 + 0.5);
  const double rest = x - whole * kLn2;
  double term = 1;
  double sum = 1;
  for (int k = 1; k < 20; ++k) {
    term *= rest / k;
    sum += term;
  }
  return std::ldexp(sum, static_cast<int>(whole));
}

double cosine(double x) {
  double term = 1;
  double sum = 1;
  for (int k = 2; k < 30; k += 2) {
    term *= -x * x / (k * (k - 1));
    sum += term;
  }
  return sum;
}

Random::Random(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index)
    : key_(mix(mix(mix(seed + kGolden) ^ (purpose * kGolden)) + index * kGolden)) {}

std::uint64_t Random::bits() { return mix(key_ + (++counter_) * kGolden); }

double Random::uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }

double Random::between(double least, double most) { return least + (most - least) * uniform(); }

bool Random::chance(double probability) { return uniform() < probability; }

int Random::below(int count) { return static_cast<int>(uniform() * count); }

double Random::normal() {
  while (true) {
    const double x = between(-1, 1);
    const double y = between(-1, 1);
    const double square = x * x + y * y;
    if (square < 1 && square > 0) return x * std::sqrt(-2 * natural_log(square) / square);
  }
}

double Random::exponential(double mean) { return -mean * natural_log(1 - uniform()); }

double Random::gamma(double shape) {
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal();
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (natural_log(1 - uniform()) < 0.5 * x * x + d - d * v + d * natural_log(v)) return d * v;
  }
}

int Random::poisson(double mean) {
  int count = 0;
  for (double left = mean; left > 0; left -= kPoissonStep) {
    count += poisson_step(*this, std::min(left, kPoissonStep));
  }
  return count;
}

}  // namespace commonwatch::cli
