// What is left of events when their time is over: EventLog::reduce_before.
#include "hub/storage/record_keys.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

using std::chrono::days;

const model::Cell kCorner = model::Cell::at({40.115, -75.344}, model::kLeafLevel);
const std::string kPlanted = "planted-3fb2";

// One source of two partners each; the second one sends a day later.
struct Kept {
  Kept() {
    log = open_log(options, clock);
    ems = open_source(*log, source("ems/cad"))->handle;
    must_submit(*log, ems, 1,
                {overdose("first", 1, kPlanted, kNoon + std::chrono::minutes(25), kCorner),
                 overdose("first", 1, kPlanted, kNoon + std::chrono::minutes(25), kCorner),
                 refused("nonsense"), overdose("second", 3, "other")});
    clock.advance(days(1));
    police = open_source(*log, source("police/cad"))->handle;
    must_submit(*log, police, 1, {overdose("theirs", 1, "police payload")});
  }
  Instant after(int count) const { return kNoon + days(count) + std::chrono::hours(1); }
  void reopen() {
    log.reset();
    log = open_log(options, clock);
    ems = open_source(*log, source("ems/cad"))->handle;
  }
  // Of the first chunk.
  const std::vector<Entry>& entries() {
    first_ = read_all(*log).at(0);
    return first_.entries;
  }

  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  LogOptions options = options_at(directory / "data");
  std::unique_ptr<EventLog> log;
  SourceHandle ems;
  SourceHandle police;
  Chunk first_;
};

}  // namespace

TEST_CASE("What is older than keep_days becomes a skeleton: hour, coarse cell, no payload, no id") {
  Kept kept;
  HeldHead held;
  held.hash = kept.log->head().hash;
  const auto pass = reduce(*kept.log, kept_for(90, 400), kept.after(90));
  REQUIRE(pass.has_value());
  CHECK(pass->skeletons == 2);
  CHECK(pass->stubs == 2);
  CHECK(pass->chunks == 1);
  const auto entries = kept.entries();
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].form == EntryForm::kSkeleton);
  CHECK(entries[0].disposition == Disposition::kStored);
  CHECK(entries[0].kind == model::EventKind::kOverdose);
  CHECK(entries[0].payload.empty());
  CHECK(entries[0].record_id.empty());
  CHECK(entries[0].occurred == kNoon);
  CHECK(entries[0].cell == kCorner.parent(15));
  CHECK(entries[0].key != model::RecordKey());
  CHECK(entries[3].revision == 3);
  CHECK(entries[3].key != entries[0].key);
  CHECK(entries[1].form == EntryForm::kStub);
  CHECK(entries[1].disposition == Disposition::kRepeat);
  CHECK(entries[2].form == EntryForm::kStub);
  CHECK(entries[2].disposition == Disposition::kRejected);
  CHECK(entries[2].refusal == ErrorCode::kOutOfRange);
  const VerifyReport report = kept.log->verify({held});
  CHECK(report.faults.empty());
  CHECK(report.unnamed == 0);
}

TEST_CASE("Each partner's events are kept as its own agreement says") {
  Kept kept;
  Retention retention;
  retention.partners = {{"ems", {30, 400}}, {"police", {10, 0}}};
  REQUIRE(reduce(*kept.log, retention, kept.after(12)).has_value());
  const auto chunks = read_all(*kept.log);
  CHECK(chunks[0].entries[0].is_whole());
  CHECK(chunks[1].entries[0].form == EntryForm::kStub);
  REQUIRE(kept.log->reduced().has_value());
  CHECK(kept.log->reduced()->end == chunks[1].end());
  CHECK(kept.log->reduced()->recorded == chunks[1].recorded);
}

TEST_CASE("Partners without an agreement on it are kept for ever") {
  Kept kept;
  const auto pass = reduce(*kept.log, {{{"police", {1, 1}}}, std::nullopt}, kept.after(4000));
  REQUIRE(pass.has_value());
  CHECK(pass->chunks == 1);
  CHECK(kept.entries()[0].is_whole());
}

TEST_CASE("After skeleton_days a stub is left, and the chain holds") {
  Kept kept;
  REQUIRE(reduce(*kept.log, kept_for(90, 400), kept.after(200)).has_value());
  const auto key = kept.entries()[0].key;
  const auto pass = reduce(*kept.log, kept_for(90, 400), kept.after(400));
  REQUIRE(pass.has_value());
  CHECK(pass->stubs == 2);
  const auto entries = kept.entries();
  CHECK(entries[0].form == EntryForm::kStub);
  CHECK(entries[0].key == key);
  CHECK_FALSE(entries[0].cell.is_valid());
  CHECK(entries[0].occurred == Instant{});
  CHECK(kept.log->verify().faults.empty());
}

TEST_CASE("A second pass at the same time changes nothing") {
  Kept kept;
  REQUIRE(reduce(*kept.log, kept_for(90, 400), kept.after(200)).has_value());
  const auto pass = reduce(*kept.log, kept_for(90, 400), kept.after(200));
  REQUIRE(pass.has_value());
  CHECK(pass->chunks == 0);
}

TEST_CASE("A record that is published again after its event was reduced does not count twice") {
  const auto keep = GENERATE(kept_for(90, 400), kept_for(90, 0));
  const bool index_lost = GENERATE(false, true);
  CAPTURE(index_lost);
  Kept kept;
  REQUIRE(reduce(*kept.log, keep, kept.after(200)).has_value());
  kept.log.reset();
  if (index_lost) std::filesystem::remove_all(kept.options.directory / "index");
  kept.reopen();
  SECTION("under new sequences") {
    const auto published = must_submit(
        *kept.log, kept.ems, 5,
        {overdose("first", 1, kPlanted), overdose("second", 3, "other"), overdose("third")});
    CHECK(published.repeated == 2);
    CHECK(published.stored == 1);
    CHECK(published.rejections.empty());
  }
  SECTION("under a higher revision") {
    CHECK(must_submit(*kept.log, kept.ems, 5, {overdose("first", 2, "new")}).stored == 1);
  }
  SECTION("under the same sequences") {
    const auto published =
        must_submit(*kept.log, kept.ems, 1,
                    {overdose("first", 1, kPlanted), overdose("first", 1, kPlanted),
                     refused("nonsense"), overdose("second", 3, "other")});
    CHECK(published.repeated == 4);
    REQUIRE(published.rejections.size() == 1);
    CHECK(published.rejections[0].sequence == Sequence(3));
    CHECK(published.rejections[0].error.code == ErrorCode::kOutOfRange);
  }
}

TEST_CASE("What was reduced is in no file of the data directory any more") {
  Kept kept;
  REQUIRE_FALSE(files_with(kept.options.directory, kPlanted).empty());
  REQUIRE(reduce(*kept.log, kept_for(90, 400), kept.after(90)).has_value());
  CHECK(files_with(kept.options.directory, kPlanted).empty());
  CHECK_FALSE(files_with(kept.options.directory, "police payload").empty());
  kept.reopen();
  CHECK(files_with(kept.options.directory, kPlanted).empty());
}

TEST_CASE("Record ids are in no file beside the events themselves") {
  Kept kept;
  must_submit(*kept.log, kept.ems, 5, {overdose("id-of-a-record-77", 1, "x")});
  kept.log.reset();
  for (const std::string& file : files_with(kept.options.directory, "id-of-a-record-77")) {
    CHECK(file.find("/events/") != std::string::npos);
  }
}

TEST_CASE("A pass that a crash interrupted is taken up by the next one") {
  Kept kept;
  for (std::uint64_t n = 5; n < 100; ++n) {
    must_submit(*kept.log, kept.ems, n, {overdose("r" + std::to_string(n), 1, kPlanted)});
  }
  // A copy at some moment of the pass.
  std::promise<void> over;
  kept.log->reduce_before(
      kept_for(90, 400), kept.after(200), kept.log->durable().end,
      [](const Chunk&, const Entry&) { return Skeleton(); },
      [&](const auto&) { over.set_value(); });
  while (!kept.log->reduced()) std::this_thread::yield();
  kept.options.directory = kept.directory / "copy";
  std::error_code moved;
  std::filesystem::copy(kept.directory / "data", kept.options.directory,
                        std::filesystem::copy_options::recursive, moved);
  over.get_future().wait();
  if (moved) return;  // a file went away while it was copied
  auto copy = EventLog::open(kept.options, kept.clock);
  if (!copy) return;  // copied file by file at several moments, which no crash does
  REQUIRE(reduce(**copy, kept_for(90, 400), kept.after(200)).has_value());
  for (const Chunk& chunk : read_all(**copy)) {
    if (chunk.source == SourceName::hub()) continue;
    for (const Entry& entry : chunk.entries) CHECK_FALSE(entry.is_whole());
  }
  CHECK((*copy)->verify().faults.empty());
  CHECK(files_with(kept.options.directory, kPlanted).empty());
}

TEST_CASE("What comes again under a sequence that was reduced is a repeat only of its own record") {
  Kept kept;
  must_submit(*kept.log, kept.ems, 5,
              {overdose("five", 1, kPlanted), overdose("six", 2, kPlanted)});
  const auto keep = GENERATE(kept_for(90, 400), kept_for(90, 0));
  REQUIRE(reduce(*kept.log, keep, kept.after(200)).has_value());
  const auto same = must_submit(*kept.log, kept.ems, 5, {overdose("five"), overdose("six", 2)});
  CHECK(same.repeated == 2);
  const auto another =
      must_submit(*kept.log, kept.ems, 5, {overdose("somebody else"), overdose("six", 3)});
  CHECK(another.repeated == 0);
  REQUIRE(another.rejections.size() == 2);
  CHECK(another.rejections[0].error.code == ErrorCode::kConflict);
  CHECK(another.rejections[1].error.code == ErrorCode::kConflict);
}

TEST_CASE("Events are taken while a pass runs") {
  Kept kept;
  std::promise<Result<RetentionPass>> over;
  kept.log->reduce_before(
      kept_for(90, 400), kept.after(200), kept.log->durable().end,
      [](const Chunk&, const Entry&) { return Skeleton(); },
      [&](Result<RetentionPass> pass) { over.set_value(std::move(pass)); });
  for (std::uint64_t n = 5; n < 50; ++n) {
    must_submit(*kept.log, kept.ems, n, {overdose("r" + std::to_string(n))});
  }
  CHECK(over.get_future().get().has_value());
  CHECK(kept.log->verify().faults.empty());
}

TEST_CASE("A pass answers with what its maker of skeletons finds wrong, and the log goes on") {
  Kept kept;
  std::promise<Result<RetentionPass>> over;
  kept.log->reduce_before(
      kept_for(90, 400), kept.after(200), kept.log->durable().end,
      [](const Chunk&, const Entry&) -> Skeleton {
        throw Failure(make_error(ErrorCode::kInternal, "no skeleton today"));
      },
      [&](Result<RetentionPass> pass) { over.set_value(std::move(pass)); });
  const auto pass = over.get_future().get();
  REQUIRE(pass.has_error());
  CHECK(pass.error().message == "no skeleton today");
  CHECK_FALSE(kept.log->failed());
  CHECK(kept.entries()[0].is_whole());
}

TEST_CASE("A log with a lost or foreign record key is refused") {
  Kept kept;
  kept.log.reset();
  const auto file = kept.options.directory / "record.key";
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  SECTION("lost") { std::filesystem::remove(file); }
  SECTION("foreign") { std::ofstream(file, std::ios::binary) << std::string(32, 'k'); }
  const auto log = EventLog::open(kept.options, kept.clock);
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("record.key") != std::string::npos);
}

TEST_CASE("The keyed hash of a record is HMAC-SHA-256 of its unkeyed one") {
  // Computed by Python's hmac from the two words, big-endian.
  const RecordKeys keys(std::string(32, 'k'));
  const auto key = keys.of(model::RecordKey{{0x0102030405060708, 0x1112131415161718}});
  CHECK(key.words[0] == 0x350ae24f357ddf6b);
  CHECK(key.words[1] == 0x61a2c9b2fde5ed86);
}

}  // namespace commonwatch::storage::test
