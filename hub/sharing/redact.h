// A partner's event, and what the fold keeps of it, cut down to what was agreed. Pure.
//
// Whatever comes out is a function of what the term grants: two events that differ only in what it
// does not grant come out equal (tests/sharing holds it).
#pragma once

#include <optional>
#include <string_view>

#include "hub/model/event.h"
#include "hub/model/record.h"
#include "hub/sharing/agreement.h"
#include "hub/sharing/pseudonym.h"

namespace commonwatch::sharing {

// As an event leaves: a replayed page, an export. Nothing if the term grants nothing of this kind
// of event.
// - The place moves to the centre of its cell of the agreed level; its accuracy is then what was
//   stated, if that is granted, and the cell's radius on top.
// - Occurred time is rounded down.
//   Without an agreed location nothing of the place is there, kind and area code neither.
// - Fields that were not agreed are as if never stated; persons of whom nothing was agreed are
//   still as many, if the number was.
// - The match key is never there, whatever the term says: it is for linkage.
// Caller: the view's audience gets events at all, the purpose is allowed, keep_days has not passed,
// the delay has.
std::optional<model::Event> redact(const model::Event& event, std::string_view source,
                                   const Term& term, const PseudonymKey& key);

// As a record goes into an audience's fold: same rules. Nothing without agreed time and place.
// `first_recorded` stays: it is the hub's own, and the view's delay is kept by who feeds the fold.
std::optional<model::Record> reduce(const model::Record& record, const Term& term);

// Rounds down to a multiple of `rounding` since 1970, also before it; 0: as it is.
Instant round_down(Instant instant, Duration rounding);
// The greatest distance in metres from a cell's centre to a point of it.
float cell_radius_m(model::Cell cell);

}  // namespace commonwatch::sharing
