// Opens what the data directory holds, by the configuration.
#pragma once

#include <memory>
#include <vector>

#include "hub/app/configuration.h"
#include "hub/base/clock.h"
#include "hub/model/ids.h"
#include "hub/pipeline/configuration.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

model::TickLength tick_of(const Configuration& configuration);

// Throws Failure. What opening found and did goes to the hub's own log lines.
std::unique_ptr<storage::EventLog> open_event_log(const Configuration& configuration,
                                                  const Clock& clock);
// `open_damaged`: to look at it, though it be damaged.
std::unique_ptr<storage::AuditLog> open_audit_log(const Configuration& configuration,
                                                  bool open_damaged);

// What pictures are made by; whose is not said.
pipeline::PictureSettings picture_settings(const Configuration& configuration);
// The log's current epochs, by these settings. Throws Failure.
std::vector<pipeline::Epoch> open_epochs(storage::EventLog& log,
                                         const Configuration& configuration);

}  // namespace commonwatch::app
