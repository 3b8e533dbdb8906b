// Whether two records can speak of the same persons. Pure.
#pragma once

#include <cstdint>

#include "hub/model/record.h"

namespace commonwatch::linkage {

// Whether two descriptions can be of one person. What is not stated matches anything.
// - Age bands must be the same.
// - Female and male contradict; "other" contradicts neither: crews write down what they see.
// - A partner that reports a survivor and a death tells of two persons: it corrects its own report
//   by a revision. Between partners they do not contradict, whichever was recorded first: who
//   lived at the scene may have died in the ward, and agencies report in any order.
bool can_be_one(const model::PersonTraits& a, const model::PersonTraits& b, bool same_partner);

// Whether the persons of the record with fewer can all be among the other's, each once. The numbers
// alone do not contradict: a crew reports whom it treated. A record that tells nothing of its
// persons is compatible with any.
bool persons_compatible(const model::Record& a, const model::Record& b);

// How many things (age band, sex, outcome) both state of a single person, and state alike: 0 to 3;
// 0 where either record tells of more than one person.
std::uint32_t agreeing_traits(const model::Record& a, const model::Record& b);

// Whether one reports a death, and the other survivors only.
bool outcomes_differ(const model::Record& a, const model::Record& b);

}  // namespace commonwatch::linkage
