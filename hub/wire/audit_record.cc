#include "hub/wire/audit_record.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "commonwatch/log/v1/audit.pb.h"
#include "hub/wire/parse.h"
#include "hub/wire/read_event.h"
#include "hub/wire/server_message.h"
#include "hub/wire/write_message.h"

namespace commonwatch::wire {
namespace {

static_assert(log::v1::AuditKind_MAX == static_cast<int>(model::AuditKind::kAlertPush));
static_assert(log::v1::AUDIT_KIND_RETENTION == static_cast<int>(model::AuditKind::kRetention));
static_assert(log::v1::AUDIT_KIND_REFUSAL == static_cast<int>(model::AuditKind::kRefusal));

Error inconsistent(const std::string& what) {
  return make_error(ErrorCode::kInternal, "an audit record " + what +
                                              "; run audit verify, and see whether a newer hub "
                                              "wrote it");
}

// Nothing if the time is absent; false if it is none.
bool read_time(bool present, const google::protobuf::Timestamp& from, std::optional<Instant>& to) {
  if (!present) return true;
  to = read_instant(from);
  return to.has_value();
}

void put_text(boost::json::object& to, const char* name, const std::string& value) {
  if (!value.empty()) to[name] = value;
}

boost::json::object object_json(const model::AuditObject& object) {
  boost::json::object json;
  put_text(json, "name", object.name);
  if (!object.cells.empty()) {
    boost::json::array& cells = json["cells"].emplace_array();
    for (const model::Cell cell : object.cells) cells.emplace_back(cell.token());
  }
  if (object.from) json["from"] = to_rfc3339(*object.from);
  if (object.to) json["to"] = to_rfc3339(*object.to);
  if (object.count != 0) json["count"] = object.count;
  if (!object.fields.empty()) {
    boost::json::array& fields = json["fields"].emplace_array();
    for (const std::string& field : object.fields) fields.emplace_back(field);
  }
  return json;
}

}  // namespace

std::string encode_audit_record(const model::AuditRecord& record) {
  log::v1::AuditRecord message;
  write_instant(record.at, *message.mutable_at());
  message.set_kind(static_cast<log::v1::AuditKind>(record.kind));
  message.set_action(record.action);
  message.set_session(record.session);
  message.set_principal(record.principal);
  message.set_audience(record.audience);
  message.set_address(record.address);
  message.set_purpose(record.purpose);
  if (record.object != model::AuditObject()) {
    log::v1::AuditObject& object = *message.mutable_object();
    object.set_name(record.object.name);
    for (const model::Cell cell : record.object.cells) object.add_cells(cell.id());
    if (record.object.from) write_instant(*record.object.from, *object.mutable_from());
    if (record.object.to) write_instant(*record.object.to, *object.mutable_to());
    object.set_count(record.object.count);
    for (const std::string& field : record.object.fields) object.add_fields(field);
  }
  message.set_agreement(record.agreement);
  if (record.refused) message.set_refused(static_cast<v1::ErrorCode>(*record.refused));
  message.set_note(record.note);
  return to_binary(message);
}

Result<model::AuditRecord> decode_audit_record(std::string_view bytes) {
  log::v1::AuditRecord message;
  if (!parse_binary(bytes, message)) return inconsistent("is not in protobuf encoding");
  if (!log::v1::AuditKind_IsValid(message.kind())) return inconsistent("is of an unknown kind");
  if (!v1::ErrorCode_IsValid(message.refused())) return inconsistent("has an unknown outcome");
  const auto at = read_instant(message.at());
  if (!at) return inconsistent("has a time that is none");
  model::AuditRecord record;
  record.at = *at;
  record.kind = static_cast<model::AuditKind>(message.kind());
  record.action = message.action();
  record.session = message.session();
  record.principal = message.principal();
  record.audience = message.audience();
  record.address = message.address();
  record.purpose = message.purpose();
  const log::v1::AuditObject& object = message.object();
  record.object.name = object.name();
  for (const std::uint64_t id : object.cells()) record.object.cells.emplace_back(id);
  if (!read_time(object.has_from(), object.from(), record.object.from) ||
      !read_time(object.has_to(), object.to(), record.object.to)) {
    return inconsistent("has a span of time that is none");
  }
  record.object.count = object.count();
  record.object.fields.assign(object.fields().begin(), object.fields().end());
  record.agreement = message.agreement();
  if (message.refused() != v1::ERROR_CODE_UNSPECIFIED) {
    record.refused = static_cast<ErrorCode>(message.refused());
  }
  record.note = message.note();
  return record;
}

std::string_view audit_outcome(const model::AuditRecord& record) {
  return record.refused ? error_name(*record.refused) : std::string_view("granted");
}

std::string encode_audit_json(model::AuditSequence sequence, const model::AuditRecord& record) {
  boost::json::object json;
  json["sequence"] = sequence.value();
  json["at"] = to_rfc3339(record.at);
  json["kind"] = model::audit_kind_name(record.kind);
  put_text(json, "action", record.action);
  put_text(json, "session", record.session);
  put_text(json, "principal", record.principal);
  put_text(json, "audience", record.audience);
  put_text(json, "address", record.address);
  put_text(json, "purpose", record.purpose);
  if (record.object != model::AuditObject()) json["object"] = object_json(record.object);
  put_text(json, "agreement", record.agreement);
  json["outcome"] = audit_outcome(record);
  put_text(json, "note", record.note);
  return boost::json::serialize(json);
}

}  // namespace commonwatch::wire
