// Reads a whole audit log and says what does not hold. Any thread; may run while it is written.
#pragma once

#include <optional>
#include <vector>

#include "hub/storage/audit_writer.h"

namespace commonwatch::storage {

// Checks what lies on the disk up to `ends.head`.
AuditVerifyReport verify_audit(const AuditDatabase& database, const AuditEnds& ends,
                               const std::vector<HeldHead>& held,
                               std::optional<Instant> kept_since);

}  // namespace commonwatch::storage
