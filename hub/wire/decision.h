// An operator's decision, as a client asks for it and as the log keeps it. Private to `wire`.
#pragma once

#include "commonwatch/v1/stream.pb.h"
#include "hub/base/error.h"
#include "hub/model/decision.h"

namespace commonwatch::wire {

void write_pair(const model::PairDecision& from, v1::PairDecision& to);
// With its cell.
void write_site(const model::SiteDecision& from, v1::SiteDecision& to);

// Errors are kInvalidRequest and name the field, as a path from `decide` on.
Result<model::PairDecision> read_pair(const v1::PairDecision& from);
// A location becomes the cell of kLeafLevel that holds it.
Result<model::SiteDecision> read_site(const v1::SiteDecision& from);

}  // namespace commonwatch::wire
