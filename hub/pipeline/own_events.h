// The events of the hub's own that the log appends by itself.
#pragma once

#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// How to write them: `end_payload` and `rewrite_event`.
void set_own_events(storage::LogOptions& options);

}  // namespace commonwatch::pipeline
