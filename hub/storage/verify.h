// Reads everything that is durable and says what does not hold.
#pragma once

#include <functional>

#include "hub/storage/database.h"
#include "hub/storage/event_log.h"
#include "hub/storage/log_reader.h"
#include "hub/storage/source_table.h"

namespace commonwatch::storage {

// Any thread; may run while the log is written. Gives up when `is_wanted` (may be empty) says no.
VerifyReport verify_log(const LogDatabase& log, const SourceTable& sources,
                        const DurableEnd& durable, const RewriteEvent& rewrite_event,
                        const std::vector<HeldHead>& held, const std::function<bool()>& is_wanted);

}  // namespace commonwatch::storage
