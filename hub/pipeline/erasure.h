// Erases a record from the log, as an event of the hub's own.
#pragma once

#include <string>

#include "hub/storage/event_log.h"

namespace commonwatch::pipeline {

// Erases the record, and what operators decided of it and another. `principal`: who asked; it goes
// into the log. Otherwise as storage::EventLog::erase; kSourceInvalid: that is no source's name.
// The engine's epoch has ended then: begin_epoch (configuration.h) gives the next one, which
// Aggregation::begin_epoch takes up.
void erase_record(storage::EventLog& log, const std::string& source, const std::string& record_id,
                  const std::string& principal, storage::EventLog::ErasedCallback erased);

// The same, waiting for it: not on the log thread.
Result<storage::Erased> erase_record(storage::EventLog& log, const std::string& source,
                                     const std::string& record_id, const std::string& principal);

}  // namespace commonwatch::pipeline
