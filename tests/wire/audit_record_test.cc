#include "hub/wire/audit_record.h"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "commonwatch/log/v1/audit.pb.h"

namespace commonwatch::wire {
namespace {

const Instant kNoon = *parse_rfc3339("2026-03-01T12:00:00.250Z");

model::AuditRecord full_record() {
  model::AuditRecord record;
  record.at = kNoon;
  record.kind = model::AuditKind::kReplay;
  record.action = "begin";
  record.session = "17";
  record.principal = "anna";
  record.audience = "police";
  record.address = "192.0.2.1:50000";
  record.purpose = "response";
  record.object.name = "events";
  record.object.cells = {model::Cell::at({40.1, -75.3}, 9), model::Cell::at({40.1, -75.3}, 12)};
  record.object.from = kNoon - std::chrono::hours(24);
  record.object.to = kNoon;
  record.object.count = 42;
  record.object.fields = {"occurred_at", "outcome"};
  record.agreement = "00000000000000a1";
  record.refused = ErrorCode::kForbidden;
  record.note = "asked by the district attorney";
  return record;
}

void check_refused(const std::string& bytes) {
  const auto read = decode_audit_record(bytes);
  REQUIRE(read.has_error());
  CHECK(read.error().code == ErrorCode::kInternal);
}

}  // namespace

TEST_CASE("an audit record is read back as it was written") {
  CHECK(decode_audit_record(encode_audit_record(full_record())).value() == full_record());
}

TEST_CASE("an audit record that holds a time alone is read back as it was written") {
  model::AuditRecord record;
  record.at = kNoon;
  CHECK(decode_audit_record(encode_audit_record(record)).value() == record);
}

TEST_CASE("every kind of audit record is read back, and has a name of its own") {
  for (int number = 1; log::v1::AuditKind_IsValid(number); ++number) {
    model::AuditRecord record;
    record.kind = static_cast<model::AuditKind>(number);
    CHECK(decode_audit_record(encode_audit_record(record)).value().kind == record.kind);
    const std::string_view name = model::audit_kind_name(record.kind);
    CHECK(model::parse_audit_kind(name) == record.kind);
    // ALERT_PUSH is alert-push.
    std::string upper = "AUDIT_KIND_";
    for (const char c : name) upper += c == '-' ? '_' : static_cast<char>(std::toupper(c));
    CHECK(log::v1::AuditKind_Name(static_cast<log::v1::AuditKind>(number)) == upper);
  }
}

TEST_CASE("no kind is called unspecified or anything else") {
  CHECK_FALSE(model::parse_audit_kind("unspecified").has_value());
  CHECK_FALSE(model::parse_audit_kind("").has_value());
  CHECK_FALSE(model::parse_audit_kind("Replay").has_value());
}

TEST_CASE("bytes that are no audit record are refused") {
  check_refused("\xff\xff\xff");
  log::v1::AuditRecord unknown_kind;
  unknown_kind.set_kind(static_cast<log::v1::AuditKind>(99));
  check_refused(unknown_kind.SerializeAsString());
  log::v1::AuditRecord unknown_code;
  unknown_code.set_refused(static_cast<v1::ErrorCode>(99));
  check_refused(unknown_code.SerializeAsString());
  log::v1::AuditRecord no_time;
  no_time.mutable_at()->set_seconds(1LL << 60U);
  check_refused(no_time.SerializeAsString());
}

TEST_CASE("an exported audit record names everything in words") {
  const auto json =
      boost::json::parse(encode_audit_json(model::AuditSequence(7), full_record())).as_object();
  CHECK(json.at("sequence") == 7);
  CHECK(json.at("at") == "2026-03-01T12:00:00.250Z");
  CHECK(json.at("kind") == "replay");
  CHECK(json.at("outcome") == "FORBIDDEN");
  CHECK(json.at("purpose") == "response");
  const auto& object = json.at("object").as_object();
  CHECK(object.at("count") == 42);
  CHECK(object.at("from") == "2026-02-28T12:00:00.250Z");
  CHECK(object.at("cells").as_array().at(0).as_string() ==
        model::Cell::at({40.1, -75.3}, 9).token().c_str());
  CHECK(object.at("fields").as_array().size() == 2);
}

TEST_CASE("an exported audit record leaves out what it does not hold") {
  model::AuditRecord record;
  record.at = kNoon;
  record.kind = model::AuditKind::kOperation;
  CHECK(encode_audit_json(model::AuditSequence(1), record) ==
        R"({"sequence":1,"at":"2026-03-01T12:00:00.250Z","kind":"operation","outcome":"granted"})");
}

TEST_CASE("an exported audit record is one line, whatever a client called itself") {
  model::AuditRecord record;
  record.at = kNoon;
  record.principal = "anna\n{\"sequence\":8}";
  const std::string line = encode_audit_json(model::AuditSequence(1), record);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(boost::json::parse(line).as_object().at("principal").as_string() ==
        record.principal.c_str());
}

}  // namespace commonwatch::wire
