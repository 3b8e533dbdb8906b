// A record of the audit log on disk: key, value, chain, and what is kept of the last record that
// was forgotten. docs/LOG_FORMAT.md has the layout. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hub/storage/audit_log.h"

namespace commonwatch::storage {

inline constexpr const char* kAnchorKey = "anchor";

std::string audit_key(model::AuditSequence sequence);
std::optional<model::AuditSequence> decode_audit_key(std::string_view key);

// What the chain covers of a record: enough to compute its head without the payload.
struct AuditLink {
  model::AuditSequence sequence;
  Instant at{};
  Hash before;   // the head before this record
  Hash payload;  // SHA-256 of the payload

  Hash head() const;
};

struct StoredAuditRecord {
  Instant at{};
  Hash head;  // behind this record
  std::string payload;
};

std::string encode_audit_value(Instant at, const Hash& head, std::string_view payload);
// kInternal says what is wrong.
Result<StoredAuditRecord> decode_audit_value(model::AuditSequence sequence, std::string_view value);

// The anchor: the link of the last record that was forgotten, so that its head, and how old it was,
// can still be proved.
std::string encode_anchor(const AuditLink& link);
Result<AuditLink> decode_anchor(std::string_view value);

}  // namespace commonwatch::storage
