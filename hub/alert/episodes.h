// Alerts as a fold over ticks: what was shown is never recomputed into never-having-been.
//
// Pure: no clock, no threads, no I/O. The same calls in the same order give the same changes and
// the same checkpoint bytes. Ticks may be left out at which the findings are the same, nothing is
// touched or acknowledged, and `next_change` is not reached: the changes are those of every tick.
//
// One event, one episode
// - There are two layers: cells, blocks and facilities; and areas. A finding never joins an
//   episode of the other layer, so that a cluster on a corner is never hidden behind a county.
// - Within the layer a finding belongs to the open episodes whose present zone it overlaps, or
//   else to the oldest that had such a zone before. Cells and blocks overlap when they share
//   ground, a facility overlaps the cells around it, an area only itself. With two episodes the
//   older one goes on (opened, then id), the other is merged into it. With none one is opened.
// - Stronger findings come first and an episode follows one. What else overlaps a zone that it had
//   is part of it while it holds nobody newer than the episode counted there, and is of no higher
//   level than the episode had; otherwise it opens an episode of its own.
// - An area's finding that stands only because of finer ones inside it (without their persons it
//   is below the note score) is *explained*: it opens nothing. If it has an open episode already,
//   the strongest finding inside that has none takes that episode over, so that one event does
//   not page twice: id and history stay, the zone becomes the finer one.
//
// What `Alert::hotspot` and `evidence` show
// - Open: the finding as it stands; below the note level, the last one. A change is a version when
//   zone, window, counts, level, time of the last incident or `provisional` differ, or the score
//   moved by `score_step_nats`; hotspot and evidence are always of one and the same moment.
// - Over: the strongest moment of the episode (the highest score it had, with its zone and
//   window), as late data re-scored it. `peak`, `opened` and the versions given out stay.
//
// Late data. An open episode, or one that ended less than `rescored_days` ago, is re-scored at its
// strongest moment when late data touch that zone and window, or when a touch took persons away:
// at least as strong as it was ever shown is confirmed; weaker, but not below the note score that
// it was opened under, weakened; below that it is withdrawn, unless it still has a finding.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/alert/scores.h"
#include "hub/alert/settings.h"
#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/alert_subject.h"
#include "hub/model/ids.h"

namespace commonwatch::alert {

struct Stray;

// What became of an acknowledgement.
enum class Answer : std::uint8_t {
  kTaken,
  kRepeated,  // the same principal, action and version: nothing changes
  kUnknown,   // no such alert, a version it never had, or no action
};

// How the alerts of a jurisdiction were graded: the last grade of each alert counts.
struct Grades {
  std::string jurisdiction;
  std::uint32_t graded = 0;
  std::uint32_t real = 0;  // of them
  friend bool operator==(const Grades&, const Grades&) = default;
};

class Episodes {
 public:
  // Throws Failure if a setting is out of range.
  explicit Episodes(Settings settings);
  ~Episodes();
  Episodes(Episodes&&) noexcept;
  Episodes& operator=(Episodes&&) noexcept;

  // Moves to a tick (its recorded time) and gives the alerts that changed, whole, in order of id.
  // `now`: the findings of windows that end with the hour of `as_of`. `late`: those of windows
  // long over, found because data came late; where there was no episode at that time and place
  // they become one that is closed at once, `found_late`, and asks nobody. Versions rise from call
  // to call and time never falls; anything else throws, as a programmer's fault.
  std::vector<model::Alert> advance(model::Version version, Instant as_of,
                                    const std::vector<Finding>& now,
                                    const std::vector<Finding>& late,
                                    const std::vector<Touch>& touched, const Scores& scores);

  // Somebody's answer; it shows at the next `advance`. Every action answers: the alert no longer
  // asks, unless it began to ask behind the answered version. It asks again at a higher level, or
  // twice the count, than it had in the version answered (or in an earlier one answered). An alert
  // that is over asks nobody.
  Answer acknowledge(const std::string& id, const model::Acknowledgement& acknowledgement);

  // The engine epoch that is folded begins then: what comes before was folded by another one.
  void begin(Instant begins);
  // What was said of an alert that another engine epoch named (stray.h): it waits for the advance
  // with which this one begins, and is taken at once, or not at all, from then on. A checkpoint has
  // none that waits.
  void take_stray(const Stray& stray);
  // Whether that advance has come.
  bool has_begun() const;

  // When the passing of time alone may change an alert, or `live`, next: later than the last
  // `advance`. Nothing: never.
  std::optional<Instant> next_change() const;

  // Nothing: no such alert, or forgotten.
  const model::Alert* find(const std::string& id) const;
  // In order of id.
  std::vector<const model::Alert*> open() const;
  // Those that lived (were opened, open, or changed) in [from, to) of recorded time, in order of
  // opening, then id.
  std::vector<model::Alert> lived(Instant from, Instant to) const;
  // Those that belong on the live display: open, or changed less than `shown_days` ago. In order
  // of id.
  std::vector<model::Alert> live() const;
  // By jurisdiction, in order; those without a grade are left out.
  std::vector<Grades> grades() const;

  model::Version version() const;
  Instant as_of() const;

  // The whole state; the same state gives the same bytes.
  std::string checkpoint() const;
  // kInternal: the bytes are damaged, of another format, or of other settings.
  static Result<Episodes> restore(Settings settings, std::string_view checkpoint);

 private:
  struct State;
  explicit Episodes(std::unique_ptr<State> state);
  static void show_adopted(const std::vector<std::string>& ids, State& state,
                           std::vector<model::Alert>& changed);
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::alert
