// Which findings of areas stand only because of finer findings inside them.
#pragma once

#include <vector>

#include "hub/alert/scores.h"

namespace commonwatch::alert {

struct Explained {
  const Finding* area = nullptr;
  // What the area scores without the persons of the finer findings, nats: below its note score.
  double remainder = 0;
};

// Smaller areas first: one that stands by itself is a finer finding for the greater ones, in the
// place of those inside it. A finding is inside an area that covers its middle.
std::vector<Explained> explained_areas(const std::vector<Finding>& now, const Scores& scores);

}  // namespace commonwatch::alert
