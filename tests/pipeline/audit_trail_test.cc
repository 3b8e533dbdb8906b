#include "hub/pipeline/audit_trail.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>

#include "hub/wire/audit_record.h"

namespace commonwatch::pipeline {
namespace {

const Instant kNoon = *parse_rfc3339("2026-03-01T12:00:00Z");

struct Trail {
  explicit Trail(const Limits& bounds = {}) : limits(bounds) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cw-trail-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
    auto opened =
        storage::AuditLog::open({directory / "audit", limits.audit_queued_bytes_max, false});
    if (!opened) FAIL(opened.error().message);
    log = std::move(*opened);
    trail = std::make_unique<AuditTrail>(*log, clock, limits);
  }
  ~Trail() {
    trail.reset();
    log.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  std::vector<model::AuditRecord> records() const {
    if (const auto flushed = log->flush(); !flushed) FAIL(flushed.error().message);
    std::vector<model::AuditRecord> all;
    const auto entries = log->read(model::AuditSequence(1), 100'000).value();
    for (const auto& entry : entries) {
      all.push_back(wire::decode_audit_record(entry.payload).value());
    }
    return all;
  }

  std::filesystem::path directory;
  Limits limits;
  ManualClock clock{kNoon};
  std::unique_ptr<storage::AuditLog> log;
  std::unique_ptr<AuditTrail> trail;
};

}  // namespace

TEST_CASE("a trail records what is no UTF-8 so that it can be read again") {
  Trail at;
  model::AuditRecord record;
  record.action = "get-source";
  record.object.name =
      "a\xff"
      "b\xc3";
  record.purpose = "\xc3\xbc";
  at.trail->record(record);
  const auto records = at.records();
  REQUIRE(records.size() == 1);
  CHECK(records[0].object.name == "a?b?");
  CHECK(records[0].purpose == "\xc3\xbc");
}

TEST_CASE("a trail says before something is done that there is no room to record it") {
  Trail at;
  CHECK(at.trail->check_room().has_value());
  at.log.reset();
  storage::AuditLogOptions options;
  options.directory = at.directory / "audit";
  options.disk_free_bytes_min = ~std::uint64_t{0};
  at.log = storage::AuditLog::open(options).value();
  AuditTrail trail(*at.log, at.clock, at.limits);
  const auto room = trail.check_room();
  REQUIRE(room.has_error());
  CHECK(room.error().code == ErrorCode::kNoSpace);
}

TEST_CASE("what somebody did is recorded with who, where from, why, and under which agreement") {
  Trail at;
  at.trail->set_agreement("a1");
  model::AuditObject object;
  object.name = "hotspots";
  at.trail->record({"17", "anna", "police", "192.0.2.1:5", "response"},
                   model::AuditKind::kSubscription, "subscribe", object, ErrorCode::kForbidden);
  const auto record = at.records().at(0);
  CHECK(record.at == kNoon);
  CHECK(record.kind == model::AuditKind::kSubscription);
  CHECK(record.action == "subscribe");
  CHECK(record.session == "17");
  CHECK(record.principal == "anna");
  CHECK(record.audience == "police");
  CHECK(record.address == "192.0.2.1:5");
  CHECK(record.purpose == "response");
  CHECK(record.object.name == "hotspots");
  CHECK(record.agreement == "a1");
  CHECK(record.refused == ErrorCode::kForbidden);
}

TEST_CASE("a text that is too long is cut between characters") {
  Limits limits;
  limits.audit_text_bytes_max = 5;
  Trail at(limits);
  model::AuditRecord record;
  record.principal = "abcd\xC3\xA9\xC3\xA9";
  at.trail->record(record);
  CHECK(at.records().at(0).principal == "abcd");
}

TEST_CASE("a flood of refusals from one address is one record of its minute") {
  Trail at;
  for (int n = 0; n < 10'000; ++n) {
    at.trail->refuse("192.0.2.1:" + std::to_string(n), ErrorCode::kUnauthenticated);
  }
  at.trail->flush_refusals();
  CHECK(at.records().empty());
  at.clock.advance(std::chrono::minutes(1));
  at.trail->flush_refusals();
  const auto records = at.records();
  REQUIRE(records.size() == 1);
  CHECK(records[0].kind == model::AuditKind::kRefusal);
  CHECK(records[0].address == "192.0.2.1");
  CHECK(records[0].object.count == 10'000);
  CHECK(records[0].object.from == kNoon);
  CHECK(records[0].refused == ErrorCode::kUnauthenticated);
}

TEST_CASE("before the end the minute under way is recorded as well") {
  Trail at;
  at.trail->refuse("192.0.2.1:1", ErrorCode::kHelloTimeout);
  at.trail->flush_refusals(/*all=*/true);
  CHECK(at.records().size() == 1);
}

TEST_CASE("records that find no room are counted, and the next record says so") {
  Limits limits;
  limits.audit_queued_bytes_max = 2000;
  Trail at(limits);
  std::promise<void> let_go;
  auto held = let_go.get_future().share();
  REQUIRE(at.log->append(kNoon, wire::encode_audit_record({}), [held](const auto&) { held.wait(); })
              .has_value());
  model::AuditRecord record;
  record.kind = model::AuditKind::kRead;
  std::uint64_t asked = 0;
  while (at.trail->lost() < 3) {
    at.trail->record(record);
    ++asked;
  }
  let_go.set_value();
  REQUIRE(at.log->flush().has_value());
  at.trail->record(record);
  const auto records = at.records();
  REQUIRE(records.size() == 1 + (asked - 3) + 2);
  const auto& said = records[records.size() - 2];
  CHECK(said.kind == model::AuditKind::kOperation);
  CHECK(said.action == "records-lost");
  CHECK(said.object.count == 3);
}

TEST_CASE("an area is named by a bounded number of cells that cover it") {
  Trail at;
  model::AreaRequest county;
  county.bounding_box.push_back({39.9, -75.7, 40.5, -75.0});
  const auto cells = at.trail->cells_of(county);
  REQUIRE_FALSE(cells.empty());
  CHECK(cells.size() <= at.limits.audit_cells_max);
  const auto middle = model::Cell::at({40.2, -75.3}, model::kLeafLevel);
  CHECK(std::any_of(cells.begin(), cells.end(),
                    [&](model::Cell cell) { return cell.contains(middle); }));
}

TEST_CASE("everywhere and a request that is no area are named by no cell") {
  Trail at;
  CHECK(at.trail->cells_of({}).empty());
  model::AreaRequest broken;
  broken.cells = {0};
  CHECK(at.trail->cells_of(broken).empty());
}

}  // namespace commonwatch::pipeline
