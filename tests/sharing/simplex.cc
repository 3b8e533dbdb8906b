#include "tests/sharing/simplex.h"

#include <map>

namespace commonwatch::sharing::test {
namespace {

using Row = std::vector<Fraction>;

// Rows of `columns` coefficients and a right side; each begins with a basic variable of its own.
class Tableau {
 public:
  Tableau(const std::vector<Sum>& sums, std::size_t unknowns) : unknowns_(unknowns) {
    std::size_t limits = 0;
    for (const Sum& sum : sums) limits += (has_high(sum) ? 1 : 0) + (has_low(sum) ? 2 : 0);
    columns_ = unknowns + limits;
    next_ = unknowns;
    for (const Sum& sum : sums) {
      if (has_high(sum)) add_high(sum);
      if (has_low(sum)) add_low(sum);
    }
    goal_.assign(columns_ + 1, Fraction(0));
    // What is minimised: the sum of all artificial variables, in terms of the others.
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (!artificial_[basic_[row]]) continue;
      for (std::size_t at = 0; at <= columns_; ++at) goal_[at] = goal_[at] + rows_[row][at];
    }
    for (const auto& [column, is] : artificial_) {
      if (is) goal_[column] = Fraction(0);
    }
  }

  bool solve() {
    while (true) {
      std::size_t enters = columns_;
      for (std::size_t at = 0; at < columns_ && enters == columns_; ++at) {
        const auto found = artificial_.find(at);
        if (found != artificial_.end() && found->second) continue;
        if (Fraction(0) < goal_[at]) enters = at;
      }
      if (enters == columns_) return goal_[columns_].is_zero();
      pivot(leaving(enters), enters);
    }
  }

  std::vector<Fraction> values() const {
    std::vector<Fraction> values(unknowns_, Fraction(0));
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (basic_[row] < unknowns_) values[basic_[row]] = rows_[row][columns_];
    }
    return values;
  }

 private:
  static bool has_high(const Sum& sum) { return sum.in.front().high < kNoLimit; }
  static bool has_low(const Sum& sum) { return sum.in.front().low > 0; }

  Row& begin_row(const Sum& sum, int right) {
    rows_.emplace_back(columns_ + 1, Fraction(0));
    for (const int at : sum.of) rows_.back()[static_cast<std::size_t>(at)] = Fraction(1);
    rows_.back()[columns_] = Fraction(right);
    return rows_.back();
  }

  void add_high(const Sum& sum) {
    begin_row(sum, sum.in.front().high)[next_] = Fraction(1);
    basic_.push_back(next_++);
  }

  void add_low(const Sum& sum) {
    Row& row = begin_row(sum, sum.in.front().low);
    row[next_++] = Fraction(-1);
    row[next_] = Fraction(1);
    artificial_[next_] = true;
    basic_.push_back(next_++);
  }

  // The smallest ratio; of equals the smallest variable. The goal is bounded, so there is one.
  std::size_t leaving(std::size_t enters) const {
    std::size_t best = rows_.size();
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (!(Fraction(0) < rows_[row][enters])) continue;
      if (best == rows_.size()) {
        best = row;
        continue;
      }
      const Fraction ratio = rows_[row][columns_] / rows_[row][enters];
      const Fraction least = rows_[best][columns_] / rows_[best][enters];
      if (ratio < least || (!(least < ratio) && basic_[row] < basic_[best])) best = row;
    }
    return best;
  }

  void pivot(std::size_t leaves, std::size_t enters) {
    const Fraction by = rows_[leaves][enters];
    for (Fraction& value : rows_[leaves]) value = value / by;
    const auto clear = [&](Row& row) {
      const Fraction factor = row[enters];
      if (factor.is_zero()) return;
      for (std::size_t at = 0; at <= columns_; ++at) {
        if (!rows_[leaves][at].is_zero()) row[at] = row[at] - factor * rows_[leaves][at];
      }
    };
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (row != leaves) clear(rows_[row]);
    }
    clear(goal_);
    basic_[leaves] = enters;
  }

  std::size_t unknowns_;
  std::size_t columns_ = 0;
  std::size_t next_ = 0;
  std::vector<Row> rows_;
  std::vector<std::size_t> basic_;
  std::map<std::size_t, bool> artificial_;
  Row goal_;
};

}  // namespace

std::optional<std::vector<Fraction>> relaxed_solution(const std::vector<Sum>& sums, int unknowns) {
  Tableau tableau(sums, static_cast<std::size_t>(unknowns));
  if (!tableau.solve()) return std::nullopt;
  return tableau.values();
}

}  // namespace commonwatch::sharing::test
