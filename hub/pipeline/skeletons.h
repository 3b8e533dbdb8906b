// What retention leaves of an event, so that the fold of what is left counts as it did.
#pragma once

#include <vector>

#include "hub/pipeline/picture.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// The finest cells that the engine counts. A place is kept no finer, but for what operators have
// decided to be a facility or a placeholder: its geocode is nobody's.
inline constexpr int kSkeletonLevel = 15;

// For a pass of retention: from what the pictures of all audiences know now, of which it keeps a
// copy. What a
// skeleton keeps beside kind, revision and hour: persons and how many died, kind and accuracy of
// the place, whether it bore an area code, the delay by the engine's bins (a half octave), and, for
// each audience by itself, the records that describe the same incident, so that it still counts
// once. Any thread.
storage::EventLog::SkeletonMaker make_skeletons(const std::vector<const Picture*>& pictures);

}  // namespace commonwatch::pipeline
