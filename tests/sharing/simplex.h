// The linear relaxation of sums of unknowns, in fractions: exact.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "tests/sharing/integer_solver.h"

namespace commonwatch::sharing::test {

// Of 64-bit numbers: the determinants of these matrices of zeros and ones are small.
class Fraction {
 public:
  Fraction(std::int64_t whole = 0) : above_(whole) {}
  Fraction(std::int64_t above, std::int64_t below) : above_(above), below_(below) {
    const std::int64_t common = std::gcd(above_, below_);
    above_ /= common;
    below_ /= common;
    if (below_ < 0) {
      above_ = -above_;
      below_ = -below_;
    }
  }

  friend Fraction operator+(Fraction a, Fraction b) {
    return {a.above_ * b.below_ + b.above_ * a.below_, a.below_ * b.below_};
  }
  friend Fraction operator-(Fraction a, Fraction b) {
    return {a.above_ * b.below_ - b.above_ * a.below_, a.below_ * b.below_};
  }
  friend Fraction operator*(Fraction a, Fraction b) {
    return {a.above_ * b.above_, a.below_ * b.below_};
  }
  friend Fraction operator/(Fraction a, Fraction b) {
    return {a.above_ * b.below_, a.below_ * b.above_};
  }
  friend bool operator<(Fraction a, Fraction b) {
    return a.above_ * b.below_ < b.above_ * a.below_;
  }
  bool is_zero() const { return above_ == 0; }
  bool is_whole() const { return below_ == 1; }
  int floor() const {
    const std::int64_t cut = above_ / below_;
    return static_cast<int>(above_ % below_ < 0 ? cut - 1 : cut);
  }

 private:
  std::int64_t above_;
  std::int64_t below_ = 1;
};

inline constexpr int kNoLimit = 1'000'000;  // as the high end of a span

// Values, none below 0, that satisfy every sum (of one span each); nothing if there are none.
// Phase one of the simplex method (Dantzig 1947) with Bland's rule (1977), which ends.
std::optional<std::vector<Fraction>> relaxed_solution(const std::vector<Sum>& sums, int unknowns);

}  // namespace commonwatch::sharing::test
