#include "clients/cpp/spool_record.h"
#include "hub/access/cursor.h"
#include "hub/access/digest.h"
#include "hub/access/token_store.h"
#include "hub/sharing/agreement.h"
#include "hub/wire/audit_record.h"
#include "hub/wire/hub_event.h"
#include "hub/wire/server_message.h"
#include "tests/fuzz/made_inputs.h"
#include "tests/sharing/coalition.h"

namespace commonwatch::fuzz {
namespace {

const Instant kNoon = *parse_rfc3339("2024-03-01T12:00:00Z");

void make_hub_events(const std::filesystem::path& corpus) {
  const auto put = [&](const std::string& name, const wire::HubEvent& event) {
    keep(corpus, "hub_event/" + name, wire::encode_hub_event(event));
  };
  const auto source = *model::SourceName::parse("county-ems/cad");
  put("configuration",
      wire::Configuration{
          3, "commonwatch/0.1.0", "a = 1\n", {{"police", 0x8182838485868788, 4, true, 2, 3}}});
  put("end", wire::End{});
  const model::Zone zone{model::ZoneKind::kCell, model::Cell::at({40.12, -75.34}, 13), {}};
  const model::AlertSubject subject{"Montgomery", zone, {40.12, -75.34}, kNoon};
  put("acknowledged", wire::AlertAcknowledged{"89c6961c-1", 3, model::AlertAction::kReal, "anna",
                                              "all", subject, model::Severity::kAlert, 5});
  model::PairDecision pair;
  pair.first = {source, "1"};
  pair.second = {source, "2"};
  pair.verdict = model::PairVerdict::kLinked;
  wire::Decided decided;
  decided.decision.subject = pair;
  decided.decision.principal = "anna";
  put("decided", decided);
  put("calibration",
      wire::Calibration{"", model::Version(9), 7, 40, 3650, {1.5, 2.5}, {30, 365}, 3.25});
  put("erasure", wire::Erasure{source, {{5, 6}}, 3, "anna"});
  put("rewritten",
      wire::Rewritten{{model::Offset(3), model::Offset(70'000)}, std::string(64, '\x91')});
  wire::Paging paging;
  paging.page_id = "page-1";
  paging.alert_id = "89c6961c-1";
  paging.alert_version = 3;
  paging.target = "duty";
  paging.level = model::Severity::kAlert;
  paging.reason = model::PageReason::kEscalated;
  paging.phase = model::PagingPhase::kHeldBack;
  paging.at = kNoon;
  paging.subject = subject;
  put("paging", paging);
}

void make_audit(const std::filesystem::path& corpus) {
  model::AuditRecord record;
  record.at = kNoon;
  record.kind = model::AuditKind::kReplay;
  record.action = "begin";
  record.principal = "anna";
  record.audience = "police";
  record.address = "192.0.2.1:50000";
  record.object.name = "events";
  record.object.cells = {model::Cell::at({40.1, -75.3}, 9)};
  record.object.from = kNoon - std::chrono::hours(24);
  record.object.count = 42;
  record.object.fields = {"occurred_at"};
  record.refused = ErrorCode::kForbidden;
  record.note = "a note";
  keep(corpus, "hub_event/audit", wire::encode_audit_record(record));
}

void make_access(const std::filesystem::path& corpus) {
  keep(corpus, "cursor/sealed", access::seal_cursor(model::LogEpoch(7), {kNoon, 3}));
  keep(corpus, "cursor/other", access::seal_cursor(model::LogEpoch(8), {kNoon, 3}));
  access::StoredToken viewer{
      "0123abcd", access::sha256("a"), "anna",  std::nullopt, kNoon, kNoon + std::chrono::hours(48),
      kNoon,      "operator",          "a note"};
  access::StoredToken device{"89abcdef",
                             access::sha256("b"),
                             "county-ems",
                             model::SourceName::parse("county-ems/phone-1"),
                             kNoon,
                             kNoon + std::chrono::hours(48),
                             std::nullopt,
                             "anna",
                             ""};
  *device.last_used_day = 19'783;
  keep(corpus, "tokens/file", access::encode_tokens({viewer, device}));
  keep(corpus, "tokens/none", access::encode_tokens({}));
}

std::string framed(const std::vector<std::string>& frames) {
  std::string bytes;
  for (const std::string& frame : frames) {
    bytes += static_cast<char>(frame.size() & 0xffU);
    bytes += static_cast<char>(frame.size() >> 8U);
    bytes += frame;
  }
  return bytes;
}

void make_messages(const std::filesystem::path& corpus) {
  constexpr auto kBinary = wire::Encoding::kBinary;
  model::TileState tile;
  tile.tile = model::Cell::at({40.12, -75.34}, model::kTileLevel);
  tile.version = model::Version(3);
  tile.as_of = kNoon;
  model::Hotspot hotspot;
  hotspot.id = "h";
  hotspot.zone.cell = model::Cell::at({40.12, -75.34}, 13);
  hotspot.count = 7;
  tile.content.hotspots = {hotspot};
  model::TileDelta delta;
  delta.tile = tile.tile;
  delta.version = model::Version(4);
  delta.previous = model::Version(3);
  delta.as_of = kNoon;
  delta.removed = {"h"};
  const model::Position position{model::EngineEpoch(5), model::Version(4)};
  keep(corpus, "server_message/live",
       framed({wire::encode(tile, kBinary), wire::encode(delta, kBinary),
               wire::encode(wire::Progress{position, kNoon}, kBinary)}));
  delta.previous = model::Version(9);
  wire::ReplayPage page;
  page.events = {{"county-ems/cad", model::Sequence(1), kNoon,
                  "\n\x01"
                  "a"}};
  keep(corpus, "server_message/replay",
       framed({wire::encode(delta, kBinary, 2), wire::encode(page, kBinary, 2)}));
}

void make_spool(const std::filesystem::path& corpus) {
  const auto put = [&](const std::string& name, const client::SpoolRecord& record) {
    std::string bytes;
    client::encode_record(record, bytes);
    keep(corpus, "spool/" + name, bytes);
    keep(corpus, "spool/" + name + ".body", bytes.substr(client::kRecordHeaderBytes));
  };
  client::SpoolState state;
  state.next_index = 9;
  state.acknowledged_index = 4;
  state.numbering.add_span({1, 3});
  state.marks.set({"calls.csv", 4182});
  put("state", state);
  put("event", client::EventRecord{9,
                                   "\n\x01"
                                   "a",
                                   "calls.csv:4182",
                                   {"calls.csv", 4182}});
  put("numbering", client::NumberingRecord{{5, -2}});
}

}  // namespace

void make_texts(const std::filesystem::path& corpus) {
  make_hub_events(corpus);
  make_audit(corpus);
  make_access(corpus);
  make_messages(corpus);
  make_spool(corpus);
  keep(corpus, "canonical_settings/coalition", sharing::test::coalition().canonical());
  keep(corpus, "canonical_settings/open", sharing::Settings().canonical());
}

}  // namespace commonwatch::fuzz
