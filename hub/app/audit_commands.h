// `audit show`, `audit export`, `audit verify`, and what `verify` says of held heads: each on an
// open log, whoever opened it. Any thread; may block.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/model/audit.h"
#include "hub/server/operator_output.h"
#include "hub/storage/audit_log.h"
#include "hub/storage/event_log.h"

namespace commonwatch::app {

// What is not set is not looked at.
struct AuditFilter {
  std::optional<std::string> principal;
  std::optional<std::string> audience;
  std::optional<model::AuditKind> kind;
  std::optional<Instant> from;
  std::optional<Instant> to;  // exclusive

  // From the text of flags, empty where none was given. kInvalidRequest says what is wrong.
  static Result<AuditFilter> parse(const std::string& principal, const std::string& audience,
                                   const std::string& kind, const std::string& from,
                                   const std::string& to);
  bool takes(const model::AuditRecord& record) const;
};

// Every record that the filter takes, in order; ends early when `take` says false. kInternal, at
// the end: one of them is not readable.
Result<void> read_audit(const storage::AuditLog& log, const AuditFilter& filter,
                        const std::function<bool(model::AuditSequence, const model::AuditRecord&)>& take);
// A line a record, for people; says how many there were.
Result<std::uint64_t> show_audit(const storage::AuditLog& log, const AuditFilter& filter,
                                 server::OperatorOutput& output);
// NDJSON, a record a line.
Result<std::uint64_t> export_audit(const storage::AuditLog& log, const AuditFilter& filter,
                                   server::OperatorOutput& output);
// True: sound, and every head that was given stands where it has to. `kept_since`: nothing of then
// or later may have been forgotten.
bool verify_audit(const storage::AuditLog& log, const std::vector<storage::HeldHead>& heads,
                  std::optional<Instant> kept_since, server::OperatorOutput& output);
// The same of the event log. kShuttingDown: nobody waits for the rest any more.
Result<bool> verify_events(const storage::EventLog& log,
                           const std::vector<storage::HeldHead>& heads,
                           server::OperatorOutput& output);

}  // namespace commonwatch::app
