// Whether whole numbers of persons can be what somebody was told: exact, for small instances.
#pragma once

#include <string>
#include <vector>

namespace commonwatch::sharing::test {

struct Span {  // both ends included
  int low = 0;
  int high = 0;
};

// The sum of some unknowns lies in one of the spans, which rise and do not touch.
struct Sum {
  std::vector<int> of;
  std::vector<Span> in;
};

// Unknowns are numbered from 0; each is at least 0.
class Unknowns {
 public:
  // At most `high`; gives its number.
  int add(int high);
  void require(Sum sum) { sums_.push_back(std::move(sum)); }

  int size() const { return static_cast<int>(high_.size()); }
  int high() const;  // of the largest sum that is possible at all
  // Whether all that is required can hold together with `more`. Bounds propagation and bisection
  // first; where the sums are tangled, branch and bound over the linear relaxation. Never wrong.
  bool can_hold(const std::vector<Sum>& more) const;
  // Equal texts: the same problem.
  std::string text() const;
  // Unknowns that hang together by sums; each list rises.
  std::vector<std::vector<int>> components() const;
  // What is required of a component's unknowns, renumbered in its order.
  Unknowns only(const std::vector<int>& component) const;

 private:
  std::vector<int> high_;
  std::vector<Sum> sums_;
};

// A set of unknowns whose sum is known to lie from 1 to k-1, or nothing. Exact: looks at components
// one by one (if a sum over several is bounded so, then the part in one of them that cannot be none
// is, too), there at unknowns that are below k alone, and if those together may be none, so may
// every set of them.
std::vector<int> bounded_group(const Unknowns& unknowns, int k);

}  // namespace commonwatch::sharing::test
