// From a stored event to what the fold keeps of it.
#pragma once

#include "hub/model/record.h"
#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// Of an overdose; who reported it is left to the caller. Throws Failure where the payload cannot be
// decoded: the log is damaged.
model::Record read_record(const storage::Entry& entry, Instant recorded);
// Of an overdose's skeleton, likewise: it occurred at the beginning of its hour, at the middle of
// its cell, and was recorded as much later as its delay says.
model::Record read_skeleton(const storage::Entry& entry);

}  // namespace commonwatch::pipeline
