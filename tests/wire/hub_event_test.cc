#include "hub/wire/hub_event.h"

#include <catch2/catch.hpp>
#include <string>

#include "commonwatch/log/v1/log.pb.h"

namespace commonwatch::wire {
namespace {

// Written and read again.
void check_kept(const HubEvent& event) {
  const auto read = decode_hub_event(encode_hub_event(event));
  REQUIRE(read.has_value());
  CHECK(*read == event);
}

void check_refused(const std::string& bytes) {
  const auto read = decode_hub_event(bytes);
  REQUIRE(read.has_error());
  CHECK(read.error().code == ErrorCode::kInternal);
  CHECK(!read.error().message.empty());
}

model::RecordName record(const char* source, const char* id) {
  return {*model::SourceName::parse(source), id};
}

TEST_CASE("a configuration is read back as it was written") {
  check_kept(Configuration{3, "commonwatch/0.1.0", "a = 1\nb = 2\n", {}});
  check_kept(Configuration{
      3, "commonwatch/0.1.0", "a = 1\n", {{"police", 0x8182838485868788, 4, true, 2, 3},
                                          {"responders", 1, 1, false, 1, 0}}});
}

TEST_CASE("an erasure is read back, and one of no record is refused") {
  const Erasure erasure{*model::SourceName::parse("county-ems/cad"),
                        {{0x8182838485868788, 0x0102030405060708}},
                        3,
                        "anna"};
  check_kept(erasure);
  log::v1::HubEvent message;
  REQUIRE(message.ParseFromString(encode_hub_event(erasure)));
  CHECK(message.erasure().record_key().substr(0, 2) == "\x81\x82");
  message.mutable_erasure()->mutable_record_key()->pop_back();
  check_refused(message.SerializeAsString());
}

TEST_CASE("rewritten chunks are read back, and hashes that do not fit are refused") {
  Rewritten rewritten{{model::Offset(3), model::Offset(70'000)}, std::string(64, '\x91')};
  check_kept(rewritten);
  rewritten.hashes.pop_back();
  check_refused(encode_hub_event(rewritten));
}

TEST_CASE("an end is read back as an end") { check_kept(End{}); }

TEST_CASE("an acknowledgement is read back with every action") {
  for (const auto action : {model::AlertAction::kSeen, model::AlertAction::kTaken,
                            model::AlertAction::kReal, model::AlertAction::kNotReal}) {
    check_kept(AlertAcknowledged{"89c6961c-1", 4, action, "anna"});
  }
}

TEST_CASE("a decision on records is read back with every verdict") {
  for (const auto verdict :
       {model::PairVerdict::kLinked, model::PairVerdict::kSplit, model::PairVerdict::kByRules}) {
    check_kept(Decided{{"anna", model::PairDecision{record("county-ems/cad-1", "a"),
                                                    record("police/rms", "b"), verdict}}});
  }
}

TEST_CASE("a decision on a site is read back with every kind") {
  const auto cell = model::Cell::at({40.2290075, -75.3878525}, model::kLeafLevel);
  check_kept(
      Decided{{"anna", model::SiteDecision{cell, model::SiteKind::kFacility, "County jail"}}});
  check_kept(Decided{{"anna", model::SiteDecision{cell, model::SiteKind::kPlaceholder, ""}}});
  check_kept(Decided{{"anna", model::SiteDecision{cell, model::SiteKind::kOrdinary, ""}}});
}

TEST_CASE("a calibration is read back to the last bit") {
  check_kept(Calibration{"Montgomery",
                         model::Version(5830749361),
                         0xfedcba9876543210,
                         92,
                         20'000,
                         {4.1, 5.0000000000000009, 1.0 / 3 + 8},
                         {30, 100, 365.25},
                         1.7});
}

TEST_CASE("a calibration whose columns differ in length is refused") {
  check_refused(encode_hub_event(Calibration{"m", model::Version(1), 1, 1, 1, {1, 2}, {30}, 1}));
}

TEST_CASE("each step of paging is read back") {
  for (const auto phase : {PagingPhase::kIntended, PagingPhase::kSent, PagingPhase::kFailed,
                           PagingPhase::kGivenUp, PagingPhase::kHeldBack}) {
    check_kept(Paging{"89c6961c-1", 4, "on-call", "p-1", 2, phase,
                      instant_from_micros(1'457'687'340'250'000), model::Severity::kAlert, 6,
                      model::PageReason::kEscalated});
  }
}

TEST_CASE("what an alert is about is read back from an answer and a page, and must lie somewhere") {
  const Instant noon = instant_from_micros(1'457'687'340'250'000);
  const model::LatLng center{40.123457, -75.345679};
  const model::Zone block{model::ZoneKind::kBlock, model::Cell::at(center, 13), ""};
  const model::Zone jail{model::ZoneKind::kFacility, {}, "Jail"};
  for (const model::Zone& zone : {block, jail}) {
    const model::AlertSubject subject{"Montgomery", zone, center, noon};
    check_kept(AlertAcknowledged{"alert-1", 4, model::AlertAction::kSeen, "anna", "police", subject,
                                 model::Severity::kWatch, 7});
    Paging page;
    page.phase = PagingPhase::kSent;
    page.subject = subject;
    check_kept(page);
    page.subject->center.latitude = 91;
    check_refused(encode_hub_event(page));
  }
  Paging page;
  page.subject = {"Montgomery", {model::ZoneKind::kCell, {}, ""}, center, noon};
  check_refused(encode_hub_event(page));
}

TEST_CASE("an action, kind, phase or reason of a newer hub is refused") {
  log::v1::HubEvent acknowledged;
  acknowledged.mutable_alert_acknowledged()->set_action(static_cast<v1::AlertAction>(99));
  check_refused(acknowledged.SerializeAsString());
  log::v1::HubEvent decided;
  decided.mutable_decided()->set_principal("anna");
  check_refused(decided.SerializeAsString());
  decided.mutable_decided()->mutable_site()->set_cell(
      model::Cell::at({40, -75}, model::kLeafLevel).id());
  decided.mutable_decided()->mutable_site()->set_kind(static_cast<v1::SiteKind>(99));
  check_refused(decided.SerializeAsString());
  log::v1::HubEvent phase;
  phase.mutable_paging()->set_phase(static_cast<log::v1::PagingPhase>(99));
  check_refused(phase.SerializeAsString());
  log::v1::HubEvent reason;
  reason.mutable_paging()->set_reason(static_cast<log::v1::PageReason>(99));
  check_refused(reason.SerializeAsString());
}

TEST_CASE("bytes that are no event of the hub's own are refused") {
  check_refused("");
  check_refused("\xff");
  check_refused(std::string("\x7a\x00", 2));  // field 15
}

}  // namespace
}  // namespace commonwatch::wire
