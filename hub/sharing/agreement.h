// Who shares what with whom: audiences, agreements, and the rules that they keep. Values: part of
// the configuration event, so that a state is a fold of the log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/event.h"
#include "hub/model/ids.h"
#include "hub/sharing/field.h"

namespace commonwatch::sharing {

// What an audience gets, each including what stands before it. The one that may suppress (k > 1)
// gets published figures and nothing else.
enum class Content : std::uint8_t {
  kFigures,   // published counts by zone and period (publication.h), and what is made of them
  kHotspots,  // the live picture, without events
  kEvents,    // and events, redacted (redact.h)
};
std::string_view name(Content content);  // `figures`, `hotspots`, `events`

// A class of viewers. Nothing that an agreement grants goes beyond it.
struct Audience {
  std::string id;  // 1 to 64 of a-z 0-9 - _
  // The smallest number of persons that is published; 1: nothing is suppressed.
  std::uint32_t k = 1;
  // Fewer inhabitants than this in a zone: nothing of it is published.
  std::uint64_t population_floor = 0;
  int cell_level = model::kLeafLevel;  // no place finer than a cell of it
  std::int32_t period_days = 0;  // figures: whole local days of a period, 1 to 366; others 0: live
  Duration delay{};              // on top of what an agreement asks for: the larger counts
  Content content = Content::kFigures;
  bool persons = false;  // whether it may see what tells persons apart (FieldMask::of_persons)
  friend bool operator==(const Audience&, const Audience&) = default;
};

// `public`, `police`, `partner`, `responders`, `analysts`, `health`, from narrow to wide, as a
// privacy officer would sign them.
std::vector<Audience> default_audiences();

// What a partner shares with one audience.
struct Term {
  std::string audience;
  FieldMask fields;
  int cell_level = model::kLeafLevel;
  Duration time_rounding{};  // occurred time is rounded down to multiples of it since 1970; 0: none
  Duration delay{};          // from recorded time on
  std::vector<std::string> purposes;  // codes, sorted; 1 to 64 of a-z 0-9 - _ . each
  std::int32_t keep_days = 0;         // how long events are replayed; 0: without end
  std::int32_t skeleton_days = 0;  // and what the fold reads of them, at least keep_days; 0: no end
  friend bool operator==(const Term&, const Term&) = default;
};

// What of a term takes effect for its audience: cut down to what the audience may see at all.
Term effective(const Term& term, const Audience& audience);
// What both grant, of one audience: for a replay of what was recorded under another agreement.
Term both(const Term& a, const Term& b);
// Everything, at once, for any purpose: what `all` gets where nothing was agreed.
Term everything(std::string audience);

struct Agreement {
  std::string partner;
  std::uint32_t version = 1;
  Instant since{};          // in force from; shown by explain()
  std::string legal_basis;  // a code: `45cfr164.512(b)`; 1 to 64 printable characters, no blanks
  // Under 42 CFR Part 2: gives counts for areas, never an event about a person.
  bool part2 = false;
  std::vector<Term> terms;  // at most one for each audience
  friend bool operator==(const Agreement&, const Agreement&) = default;
};

// Inhabitants of a cell. Together the cells are the ground on which figures are published.
struct Population {
  model::Cell cell;
  std::uint64_t persons = 0;
  friend bool operator==(const Population&, const Population&) = default;
};

// What the publishing audiences have in common: there is one partition, whoever looks at it.
struct PublicationSettings {
  int coarsest_level = 6;  // cells are merged up to here, about 150 km, and no further
  // A figure is first decided so long after its period's end: most late reports are in by then.
  Duration settle = std::chrono::hours(24);
  // After that a period stays open to revision for so many periods; then it is final.
  std::int32_t revision_periods = 28;
  // After so many periods zones that were hardly ever published are merged; 0: never.
  std::int32_t renewal_periods = 28;
  std::vector<Population> population;  // sorted by cell, none inside another
  friend bool operator==(const PublicationSettings&, const PublicationSettings&) = default;
};

struct Settings {
  // From narrow to wide: whatever one may see, all behind it may see too.
  std::vector<Audience> audiences;
  std::vector<Agreement> agreements;  // sorted by partner
  PublicationSettings publication;

  // Neither audience nor agreement: a hub of one agency, or one that is being tried. There is one
  // audience, `all`, that sees everything of everybody.
  bool is_open() const { return audiences.empty() && agreements.empty(); }
  const Audience* audience(std::string_view id) const;
  const Agreement* agreement(std::string_view partner) const;
  // One `key = value` a line, sorted; the same settings give the same text.
  std::string canonical() const;
  // What such a text says of audiences and terms; the rest of it, and lines of other things, are
  // passed over. For telling what was agreed at an earlier time: not checked. A text without
  // agreements is an open hub's.
  static Settings of_canonical(std::string_view text);
  friend bool operator==(const Settings&, const Settings&) = default;
};

using model::kOpenAudience;

// Terms, agreements, purposes and population sorted; `check`ed.
Settings normalised(Settings settings);

// Throws Failure (kInvalidRequest) that names what is wrong, where, and what to do:
// - a value is out of its range, an id is used twice, a term is for no audience;
// - a narrower audience may see of a partner what a wider one may not: partner, both audiences and
//   the field are named;
// - two audiences with k > 1 differ in what makes the one partition of space and time;
// - a term for figures leaves out time, place or the number of persons, or is coarser than the
// zones;
// - an audience with k > 1 is to get more than figures, or one with k = 1 figures alone;
// - a partner under Part 2 shares more than counts for areas.
void check(const Settings& settings);

// Whether a partner, `part2`: under 42 CFR Part 2, may give such an event at all; asked before it is
// stored. kForbidden: an event about a person of one that is.
Result<void> admit(std::string_view partner, bool part2, const model::Event& event);

}  // namespace commonwatch::sharing
