#include "hub/linkage/compatible.h"

#include <algorithm>
#include <vector>

namespace commonwatch::linkage {
namespace {

using model::Outcome;
using model::PersonTraits;
using model::Record;

constexpr std::uint8_t kFemale = 1;
constexpr std::uint8_t kMale = 2;

bool are_opposite(std::uint8_t a, std::uint8_t b) {
  return (a == kFemale && b == kMale) || (a == kMale && b == kFemale);
}

bool stated_apart(Outcome a, Outcome b) {
  return a != Outcome::kUnspecified && b != Outcome::kUnspecified && a != b;
}

// Assigns persons to persons by augmenting paths (Kuhn 1955).
class Assignment {
 public:
  Assignment(const Record& from, const Record& to)
      : from_(from.traits), to_(to.traits), same_partner_(from.partner == to.partner) {
    taken_by_.assign(to_.size(), kNobody);
  }

  // The largest number of `from`'s persons that find each a person of their own in `to`.
  std::size_t size() {
    std::size_t assigned = 0;
    for (std::size_t person = 0; person < from_.size(); ++person) {
      tried_.assign(to_.size(), false);
      if (place(person)) ++assigned;
    }
    return assigned;
  }

 private:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  bool place(std::size_t person) {
    for (std::size_t other = 0; other < to_.size(); ++other) {
      if (tried_[other] || !can_be_one(from_[person], to_[other], same_partner_)) continue;
      tried_[other] = true;
      if (taken_by_[other] == kNobody || place(taken_by_[other])) {
        taken_by_[other] = person;
        return true;
      }
    }
    return false;
  }

  const std::vector<PersonTraits>& from_;
  const std::vector<PersonTraits>& to_;
  bool same_partner_;
  std::vector<std::size_t> taken_by_;
  std::vector<bool> tried_;
};

std::size_t persons_of(const Record& record) {
  return std::max<std::size_t>(record.persons, record.traits.size());
}

}  // namespace

bool can_be_one(const PersonTraits& a, const PersonTraits& b, bool same_partner) {
  if (a.age_band != 0 && b.age_band != 0 && a.age_band != b.age_band) return false;
  if (are_opposite(a.sex, b.sex)) return false;
  return !same_partner || !stated_apart(a.outcome, b.outcome);
}

bool persons_compatible(const Record& a, const Record& b) {
  if (a.traits.empty() || b.traits.empty()) return true;
  if (persons_of(a) == 1 && persons_of(b) == 1) {
    return can_be_one(a.traits.front(), b.traits.front(), a.partner == b.partner);
  }
  const bool ordered = persons_of(a) <= persons_of(b);
  const Record& fewer = ordered ? a : b;
  const Record& more = ordered ? b : a;
  const std::size_t strangers = persons_of(more) - more.traits.size();
  return Assignment(fewer, more).size() + strangers >= fewer.traits.size();
}

std::uint32_t agreeing_traits(const Record& a, const Record& b) {
  if (a.traits.size() != 1 || b.traits.size() != 1) return 0;
  const PersonTraits& first = a.traits.front();
  const PersonTraits& second = b.traits.front();
  std::uint32_t count = 0;
  if (first.age_band != 0 && first.age_band == second.age_band) ++count;
  if (first.sex != 0 && first.sex == second.sex) ++count;
  if (first.outcome != Outcome::kUnspecified && first.outcome == second.outcome) ++count;
  return count;
}

bool outcomes_differ(const Record& a, const Record& b) {
  const auto survived = [](const Record& record) {
    return record.fatal == 0 && !record.traits.empty() &&
           std::all_of(record.traits.begin(), record.traits.end(), [](const PersonTraits& person) {
             return person.outcome == Outcome::kNonfatal;
           });
  };
  return (a.fatal > 0 && survived(b)) || (b.fatal > 0 && survived(a));
}

}  // namespace commonwatch::linkage
