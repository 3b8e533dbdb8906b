#include "tests/sharing/integer_solver.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

#include "tests/sharing/simplex.h"

namespace commonwatch::sharing::test {
namespace {

using Box = std::vector<Span>;

// Then the linear relaxation takes over.
constexpr int kStepsMax = 200;

// Narrows the box to what the sum allows; false: nothing is left. `changed` is set if it did.
bool narrow_to(const Sum& sum, Box& box, bool& changed) {
  int low = 0;
  int high = 0;
  for (const int at : sum.of) {
    low += box[static_cast<std::size_t>(at)].low;
    high += box[static_cast<std::size_t>(at)].high;
  }
  int least = high + 1;
  int most = low - 1;
  for (const Span& span : sum.in) {
    if (span.high < low || span.low > high) continue;
    least = std::min(least, std::max(low, span.low));
    most = std::max(most, std::min(high, span.high));
  }
  if (least > most) return false;
  for (const int at : sum.of) {
    Span& one = box[static_cast<std::size_t>(at)];
    const Span before = one;
    one.high = std::min(before.high, most - (low - before.low));
    one.low = std::max(before.low, least - (high - before.high));
    if (one.low > one.high) return false;
    if (one.low == before.low && one.high == before.high) continue;
    changed = true;
    low += one.low - before.low;
    high += one.high - before.high;
  }
  return true;
}

// Bisects, widest first; gives up, without an answer, when `steps` are used.
std::optional<bool> search(const std::vector<Sum>& sums, Box box, int& steps) {
  if (--steps < 0) return std::nullopt;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Sum& sum : sums) {
      if (!narrow_to(sum, box, changed)) return false;
    }
  }
  std::size_t widest = box.size();
  for (std::size_t at = 0; at < box.size(); ++at) {
    if (box[at].low == box[at].high) continue;
    if (widest == box.size() || box[at].high - box[at].low > box[widest].high - box[widest].low) {
      widest = at;
    }
  }
  if (widest == box.size()) return true;
  const Span span = box[widest];
  const int middle = span.low + (span.high - span.low) / 2;
  box[widest] = {middle + 1, span.high};
  const auto above = search(sums, box, steps);
  if (!above || *above) return above;
  box[widest] = {span.low, middle};
  return search(sums, std::move(box), steps);
}

// Branch and bound over the linear relaxation: exact, and quick where bisection is not.
bool branch(const std::vector<Sum>& sums, int unknowns) {
  for (std::size_t at = 0; at < sums.size(); ++at) {
    if (sums[at].in.size() < 2) continue;
    std::vector<Sum> one = sums;
    return std::any_of(sums[at].in.begin(), sums[at].in.end(), [&](const Span& span) {
      one[at].in = {span};
      return branch(one, unknowns);
    });
  }
  const auto found = relaxed_solution(sums, unknowns);
  if (!found) return false;
  for (int at = 0; at < unknowns; ++at) {
    const Fraction& value = (*found)[static_cast<std::size_t>(at)];
    if (value.is_whole()) continue;
    std::vector<Sum> below = sums;
    below.push_back({{at}, {{0, value.floor()}}});
    std::vector<Sum> above = sums;
    above.push_back({{at}, {{value.floor() + 1, kNoLimit}}});
    return branch(below, unknowns) || branch(above, unknowns);
  }
  return true;
}

// Grows groups whose sum is below k, largest first, until one cannot be none.
class GroupSearch {
 public:
  GroupSearch(const Unknowns& unknowns, int k) : unknowns_(unknowns), k_(k) {
    for (int at = 0; at < unknowns.size(); ++at) {
      if (is_below({at})) small_.push_back(at);
    }
  }

  std::vector<int> find() {
    if (small_.empty() || can_be_none(small_)) return {};
    if (std::vector<int> run = find_run(); !run.empty()) return run;
    std::vector<int> group;
    return grow(group, 0) ? group : std::vector<int>{};
  }

 private:
  bool is_below(const std::vector<int>& group) const {
    return !unknowns_.can_hold({{group, {{k_, unknowns_.high()}}}});
  }
  bool can_be_none(const std::vector<int>& group) const {
    return unknowns_.can_hold({{group, {{0, 0}}}});
  }

  // Neighbours first: most groups that are found are.
  std::vector<int> find_run() const {
    for (auto from = small_.begin(); from != small_.end(); ++from) {
      for (auto to = from + 1;; ++to) {
        std::vector<int> run(from, to);
        if (!is_below(run)) break;
        if (!can_be_none(run)) return run;
        if (to == small_.end()) break;
      }
    }
    return {};
  }

  bool grow(std::vector<int>& group, std::size_t from) {
    if (!group.empty() && !can_be_none(group)) return true;
    // Whatever this can still become is part of it and the rest.
    std::vector<int> everything = group;
    everything.insert(everything.end(), small_.begin() + static_cast<std::ptrdiff_t>(from),
                      small_.end());
    if (can_be_none(everything)) return false;
    for (std::size_t next = from; next < small_.size(); ++next) {
      group.push_back(small_[next]);
      if (is_below(group) && grow(group, next + 1)) return true;
      group.pop_back();
    }
    return false;
  }

  const Unknowns& unknowns_;
  int k_;
  std::vector<int> small_;
};

}  // namespace

int Unknowns::add(int high) {
  high_.push_back(high);
  return size() - 1;
}

int Unknowns::high() const { return std::accumulate(high_.begin(), high_.end(), 1); }

bool Unknowns::can_hold(const std::vector<Sum>& more) const {
  std::vector<Sum> sums = sums_;
  sums.insert(sums.end(), more.begin(), more.end());
  Box box;
  for (const int high : high_) box.push_back({0, high});
  int steps = kStepsMax;
  if (const auto answer = search(sums, std::move(box), steps)) return *answer;
  for (int at = 0; at < size(); ++at) {
    sums.push_back({{at}, {{0, high_[static_cast<std::size_t>(at)]}}});
  }
  return branch(sums, size());
}

std::vector<std::vector<int>> Unknowns::components() const {
  std::vector<int> parent(high_.size());
  std::iota(parent.begin(), parent.end(), 0);
  const std::function<int(int)> root = [&](int at) {
    auto& up = parent[static_cast<std::size_t>(at)];
    return up == at ? at : up = root(up);
  };
  for (const Sum& sum : sums_) {
    for (const int at : sum.of) {
      parent[static_cast<std::size_t>(root(at))] = root(sum.of.front());
    }
  }
  std::map<int, std::vector<int>> by_root;
  for (int at = 0; at < size(); ++at) by_root[root(at)].push_back(at);
  std::vector<std::vector<int>> components;
  for (auto& [first, members] : by_root) components.push_back(std::move(members));
  return components;
}

std::string Unknowns::text() const {
  std::string text;
  for (const Sum& sum : sums_) {
    for (const int at : sum.of) text += std::to_string(at) + ' ';
    for (const Span& span : sum.in) {
      text += ':' + std::to_string(span.low) + '-' + std::to_string(span.high);
    }
    text += ';';
  }
  return text;
}

Unknowns Unknowns::only(const std::vector<int>& component) const {
  Unknowns part;
  std::map<int, int> renumbered;
  for (const int at : component) {
    renumbered[at] = part.add(high_[static_cast<std::size_t>(at)]);
  }
  for (const Sum& sum : sums_) {
    if (sum.of.empty() || !renumbered.contains(sum.of.front())) continue;
    Sum same = sum;
    for (int& at : same.of) at = renumbered.at(at);
    part.require(std::move(same));
  }
  return part;
}

std::vector<int> bounded_group(const Unknowns& unknowns, int k) {
  for (const std::vector<int>& component : unknowns.components()) {
    const Unknowns part = unknowns.only(component);
    std::vector<int> group = GroupSearch(part, k).find();
    if (group.empty()) continue;
    for (int& at : group) at = component[static_cast<std::size_t>(at)];
    return group;
  }
  return {};
}

}  // namespace commonwatch::sharing::test
