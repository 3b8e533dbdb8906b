// One record of the audit log: who did what, when, from where, for what purpose, on what, under
// which agreement, and what became of it (45 CFR 164.312(b); CJIS Security Policy AU-2, AU-3). A
// value; any thread. Never what an event says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"
#include "hub/base/strong_id.h"
#include "hub/base/time.h"
#include "hub/model/cell.h"

namespace commonwatch::model {

// The number of a record in the audit log: 1, 2, 3, without gaps. 0: none.
using AuditSequence = StrongId<struct AuditSequenceTag>;

// The numbers are those of audit.proto (`wire` asserts it).
enum class AuditKind : std::uint8_t {
  kUnspecified = 0,
  kOperation = 1,        // the hub's start and stop, an operator's command
  kConnection = 2,       // a principal came or went
  kRefusal = 3,          // before anybody was known: one record an address and minute
  kSubscription = 4,     // to the live feed
  kReplay = 5,           // of events or hotspots
  kRead = 6,             // one answer over HTTP
  kExport = 7,           // of the audit log, or to a file
  kPublishing = 8,       // a source was opened, or events were posted
  kAcknowledgement = 9,  // of an alert
  kDecision = 10,        // on records or sites
  kConfiguration = 11,   // what everything from here on follows
  kToken = 12,           // made, revoked
  kEnrolment = 13,       // of a device
  kErasure = 14,         // of a record from the event log
  kRetention = 15,       // old records were forgotten
  kAlertPush = 16,       // a page to a command or webhook
};

// `connection`, `alert-push`; `unspecified` for a number that is none.
std::string_view audit_kind_name(AuditKind kind);
// Nothing if no kind is called so.
std::optional<AuditKind> parse_audit_kind(std::string_view name);
// Every name, in order of number, with a comma between them.
std::string audit_kind_names();

// What was done something to.
struct AuditObject {
  std::string name;             // a source, an account, an alert, or `events`, `hotspots`, `alerts`
  std::vector<Cell> cells;      // the area; none: everywhere, or the object has no place
  std::optional<Instant> from;  // the span of time that was asked for
  std::optional<Instant> to;
  std::uint64_t count = 0;          // of what was given, taken or refused
  std::vector<std::string> fields;  // the mask; none: the object has no fields, or all
  friend bool operator==(const AuditObject&, const AuditObject&) = default;
};

struct AuditRecord {
  Instant at{};  // wall clock
  AuditKind kind = AuditKind::kUnspecified;
  std::string action;  // a code within the kind: `begin`, `end`, `subscribe`, `open`
  std::string session;
  std::string principal;
  std::string audience;
  std::string address;  // of the other side
  std::string purpose;  // a code of an agreement
  AuditObject object;
  std::string agreement;             // the version in force
  std::optional<ErrorCode> refused;  // nothing: granted
  std::string note;                  // free text; only an operator writes it
  friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

}  // namespace commonwatch::model
