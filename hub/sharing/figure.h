// The rule by which one figure is published, revised, or kept back.
//
// docs/PRIVACY.md states and proves it; tests/sharing/attacker attacks it. In words:
// - a figure is shown when it stands for at least k persons of at least k incidents;
// - once shown it changes only when persons and incidents are each at least k away from what is
//   shown; then it is the new number, or hidden if that is below k;
// - outcomes are shown with the first number, if both pass k, and with each later one if both also
//   moved by at least k; once left out they never come (back).
#pragma once

#include <cstdint>
#include <optional>

#include "hub/model/publication.h"

namespace commonwatch::sharing {

// Counts of one zone, period and class.
struct Tally {
  std::uint32_t incidents = 0;
  std::uint32_t persons = 0;
  std::uint32_t fatal_incidents = 0;  // with at least one fatal person
  std::uint32_t fatal = 0;            // persons
  std::uint32_t other_incidents = 0;  // with at least one person who is not
  friend bool operator==(const Tally&, const Tally&) = default;
};

// What was published of it; nothing shown: hidden.
struct Figure {
  std::optional<Tally> shown;
  bool outcomes_gone = false;  // left out once
  bool outcomes_shown() const { return shown.has_value() && !outcomes_gone; }
  friend bool operator==(const Figure&, const Figure&) = default;
};

// The figure from now on. Equal to `before`: nothing changes.
Figure decide(const Figure& before, const Tally& now, std::uint32_t k);

// The same rule with a larger k, on what `wide` shows in place of the counts: a function of what
// whoever sees `wide` knows already (narrowing.h).
Figure narrow(const Figure& before, const Figure& wide, std::uint32_t k);

}  // namespace commonwatch::sharing
