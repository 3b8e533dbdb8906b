// The audit log's records in bytes: proto/commonwatch/log/v1/audit.proto without protobuf. Pure;
// any thread.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/error.h"
#include "hub/model/audit.h"

namespace commonwatch::wire {

std::string encode_audit_record(const model::AuditRecord& record);
// kInternal where the bytes are not of the format, or hold a kind or code of a newer hub.
Result<model::AuditRecord> decode_audit_record(std::string_view bytes);

// One JSON object on one line, without the line end: members that hold nothing are left out; cells
// are tokens, times RFC 3339, `outcome` is `granted` or the name of the error.
std::string encode_audit_json(model::AuditSequence sequence, const model::AuditRecord& record);

// `granted`, or the name of the error.
std::string_view audit_outcome(const model::AuditRecord& record);

}  // namespace commonwatch::wire
