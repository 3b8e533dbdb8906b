// One episode: the alert as it was given out last, and what the fold remembers beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hub/alert/ground.h"
#include "hub/alert/scores.h"
#include "hub/alert/settings.h"
#include "hub/model/alert.h"

namespace commonwatch::alert {

// Level and count from a version on.
struct Shown {
  std::uint32_t version = 0;
  model::Severity severity = model::Severity::kUnspecified;
  std::uint32_t count = 0;
};

struct Episode {
  model::Alert alert;
  // Every zone it had, in the order in which it had them last; the present one is the last.
  std::vector<Ground> grounds;
  // Occurred time: from the start of the earliest window to the end of the latest.
  Instant span_start{};
  Instant span_end{};
  // The strongest moment, as it is known now; the highest score that it was ever known to have;
  // the note score of that moment.
  Inspection best;
  double best_shown = 0;
  double note_score = 0;
  // Recorded time since when the zone is below half its threshold.
  std::optional<Instant> quiet_since;
  // The first one is what was answered last, or what it asks about; only of an open one.
  std::vector<Shown> shown;
  // Acknowledgements that do not show yet.
  std::vector<model::Acknowledgement> answers;

  bool is_open() const { return alert.state == model::AlertState::kOpen; }
};

// Whether a reader sees the difference; see episodes.h.
bool differ_visibly(const model::Hotspot& a, const model::Hotspot& b, const Settings& settings);

// What the alert shows from now on.
void show(Episode& episode, const Inspection& moment);

// Its zone becomes the present one, its window a part of the span; the zone is not quiet.
void follow(Episode& episode, const Finding& finding, const Settings& settings);

// The moment becomes the strongest.
void set_best(Episode& episode, const Inspection& moment);

// Forgets what it was about before; the finding that follows is all of it. It asks again at a
// higher level than before, or at twice the finding's count.
void begin_anew(Episode& episode, const Finding& finding);

// Late data re-scored the strongest moment. False: it is below its note score now.
bool assess(Episode& episode, const Inspection& now);

// Ends it at `as_of`; it shows its strongest moment.
void end(Episode& episode, model::AlertState state, Instant as_of);

// `kept` takes `other` in, which ends. Until `kept` follows a finding its present zone is that of
// `other`.
void merge(Episode& kept, Episode& other, Instant as_of, const Settings& settings);

// Lists the acknowledgements that wait; those that answer what it asks about silence it.
void take_answers(Episode& episode, const Settings& settings);

// Whether the same principal gave the same answer to the same version before.
bool is_repeated(const Episode& episode, const model::Acknowledgement& answer);

// An answer to the event under another id, as it was when it was answered, waits as one to this
// episode: to the newest version that is not more than that, or to version 0, which silences
// nothing. A repeated one is passed over.
void take_other(Episode& episode, model::Acknowledgement answer, const Shown& answered);

// A higher level, or at least twice the count.
bool is_more(const Shown& now, const Shown& than);

// After a change, with its new version: does it ask (again)?
void ask(Episode& episode);

}  // namespace commonwatch::alert
