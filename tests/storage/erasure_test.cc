// EventLog::erase.
#include "hub/storage/backup_list.h"
#include "hub/storage/record_keys.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

const std::string kPlanted = "planted-81c4";
const std::string kRecord = "record-of-somebody";

// A record in three revisions among others, over two chunks; a repeat, a conflict, and an event of
// the hub's own that names it.
struct ManyRevisions {
  ManyRevisions() {
    log = open_log(options, clock);
    ems = open_source(*log, name)->handle;
    must_submit(*log, ems, 1,
                {overdose("other", 1, "kept"), overdose(kRecord, 1, kPlanted + " one"),
                 overdose(kRecord, 1, kPlanted + " one"), overdose(kRecord, 1, "against it")});
    must_submit(*log, ems, 5, {overdose(kRecord, 2, kPlanted + " two"), overdose("last")});
    REQUIRE(append_hub(*log, "DECIDED ON " + kRecord).has_value());
    REQUIRE(append_hub(*log, "DECIDED ON other").has_value());
  }
  void reopen() {
    log.reset();
    log = open_log(options, clock);
    ems = open_source(*log, name)->handle;
  }
  std::vector<EntryForm> forms() const {
    std::vector<EntryForm> found;
    for (const Chunk& chunk : read_all(*log)) {
      for (const Entry& entry : chunk.entries) found.push_back(entry.form);
    }
    return found;
  }

  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  LogOptions options =
      options_at(directory / "data", GENERATE(ClockMode::kWall, ClockMode::kEvents));
  SourceName name = source("ems/cad");
  std::unique_ptr<EventLog> log;
  SourceHandle ems;
};

constexpr auto kWhole = EntryForm::kWhole;
constexpr auto kGone = EntryForm::kErased;

}  // namespace

TEST_CASE("An erasure takes every entry of the record, and nothing else") {
  ManyRevisions p;
  HeldHead held;
  held.hash = p.log->head().hash;
  const auto erased = erase(*p.log, p.name, kRecord);
  REQUIRE(erased.has_value());
  CHECK(erased->events == 4);
  CHECK(erased->event == Offset(9));
  CHECK(p.log->last_erasure() == Offset(9));
  CHECK(p.forms() == std::vector<EntryForm>{kWhole, kGone, kGone, kGone, kGone, kWhole, kGone,
                                            kWhole, kWhole, kWhole});
  const auto chunks = read_all(*p.log);
  const Entry& gone = chunks[0].entries[1];
  CHECK(gone.disposition == Disposition::kStored);
  CHECK(gone.record_id.empty());
  CHECK(gone.payload.empty());
  CHECK(gone.key == model::RecordKey());
  CHECK(gone.occurred == Instant{});
  CHECK(chunks[0].entries[0].payload == "kept");
  CHECK(chunks.back().entries[0].payload == "ERASED 4");
  CHECK(p.log->verify({held}).faults.empty());
}

TEST_CASE("What was erased is in no file of the data directory, now or after a restart") {
  ManyRevisions p;
  std::filesystem::create_directories(p.options.directory / "cut");
  std::ofstream(p.options.directory / "cut" / "000004.log") << kPlanted;
  std::filesystem::create_directories(p.options.directory / "cut" / "events-from-2");
  std::ofstream(p.options.directory / "cut" / "events-from-2" / "000009.sst") << kPlanted;
  const Checkpoint checkpoint{model::EngineEpoch(1), model::Version(1), Offset(3), kPlanted};
  REQUIRE(p.log->write_checkpoint("all", checkpoint, Offset(0), 8).has_value());
  REQUIRE(p.log->write_checkpoint("police", checkpoint, Offset(0), 8).has_value());
  REQUIRE(files_with(p.options.directory, kPlanted).size() >= 5);
  REQUIRE(erase(*p.log, p.name, kRecord).has_value());
  CHECK(files_with(p.options.directory, kPlanted).empty());
  CHECK(files_with(p.options.directory, kRecord).empty());
  CHECK(files_with(p.options.directory, "against it").empty());
  CHECK_FALSE(p.log->read_checkpoint("all", model::EngineEpoch(1), model::Version(9)).has_value());
  // A fold of the epoch before, that has not heard of it yet.
  REQUIRE(p.log->write_checkpoint("all", checkpoint, *p.log->last_erasure(), 8).has_value());
  CHECK(files_with(p.options.directory, kPlanted).empty());
  // One that has.
  const Checkpoint after{model::EngineEpoch(2), model::Version(1), Offset(10), "without"};
  REQUIRE(p.log->write_checkpoint("all", after, Offset(10), 8).has_value());
  CHECK(p.log->read_checkpoint("all", after.epoch, model::Version(9)).has_value());
  p.reopen();
  CHECK(files_with(p.options.directory, kPlanted).empty());
  CHECK(files_with(p.options.directory, kRecord).empty());
  CHECK(p.log->last_erasure() == Offset(9));
}

TEST_CASE("What a source reports under an erased record id later is a record of its own") {
  ManyRevisions p;
  REQUIRE(erase(*p.log, p.name, kRecord).has_value());
  if (GENERATE(false, true)) p.reopen();
  const auto again = must_submit(*p.log, p.ems, 7, {overdose(kRecord, 1, "anew")});
  CHECK(again.stored == 1);
  CHECK(again.rejections.empty());
  const Chunk last = read_all(*p.log).back();
  CHECK(p.log->is_latest(p.name, last.entries.back()).value());
  // And can be erased like any other.
  const auto erased = erase(*p.log, p.name, kRecord);
  REQUIRE(erased.has_value());
  CHECK(erased->events == 1);
}

TEST_CASE("A client that sends erased sequences again is told they were consumed") {
  ManyRevisions p;
  REQUIRE(erase(*p.log, p.name, kRecord).has_value());
  const auto again = must_submit(*p.log, p.ems, 1,
                                 {overdose("other", 1, "kept"), overdose(kRecord, 1, "whatever")});
  CHECK(again.repeated == 2);
  CHECK(again.stored == 0);
  CHECK(files_with(p.options.directory, "whatever").empty());
}

TEST_CASE("Skeletons and stubs of a record are erased as well") {
  ManyRevisions p;
  const auto keep = GENERATE(kept_for(1, 400), kept_for(1, 0));
  REQUIRE(reduce(*p.log, keep, kNoon + std::chrono::days(10)).has_value());
  const auto erased = erase(*p.log, p.name, kRecord);
  REQUIRE(erased.has_value());
  CHECK(erased->events == 2);  // a repeat's and a conflict's stub name nobody
  const auto forms = p.forms();
  CHECK(forms[1] == kGone);
  CHECK(forms[4] == kGone);
  CHECK(p.log->verify().faults.empty());
}

TEST_CASE("Skeletons of others are not linked to an erased record any more") {
  ManyRevisions p;
  const auto key_of = [](const Chunk& chunk, const std::string& record) {
    return chunk.keys->of(model::record_key(chunk.source, record));
  };
  const auto make = [&](const Chunk& chunk, const Entry& entry) {
    Skeleton skeleton = make_skeleton(chunk, entry);
    const model::RecordKey another = key_of(chunk, "another");
    skeleton.linked.push_back({"health", {key_of(chunk, kRecord), another}});
    skeleton.linked.push_back({"police", {key_of(chunk, kRecord)}});
    return skeleton;
  };
  REQUIRE(reduce(*p.log, kept_for(1, 400), kNoon + std::chrono::days(10), make).has_value());
  const auto read_linked = [&] {
    std::vector<std::size_t> linked;
    for (const Chunk& chunk : read_all(*p.log)) {
      for (const Entry& entry : chunk.entries) {
        if (entry.form != EntryForm::kSkeleton) continue;
        for (const Links& links : entry.skeleton->linked) linked.push_back(links.records.size());
      }
    }
    return linked;
  };
  REQUIRE(read_linked() == std::vector<std::size_t>{2, 1, 2, 1, 2, 1, 2, 1});
  const auto erased = erase(*p.log, p.name, kRecord);
  REQUIRE(erased.has_value());
  CHECK(erased->events == 2);
  CHECK(read_linked() == std::vector<std::size_t>{1, 1});  // of `other` and `last`
  CHECK(p.log->verify().faults.empty());
  p.reopen();
  CHECK(read_linked() == std::vector<std::size_t>{1, 1});
}

TEST_CASE("A pass of retention that may name what was erased meanwhile reduces nothing") {
  ManyRevisions p;
  const Offset before = p.log->durable().end;
  REQUIRE(erase(*p.log, p.name, kRecord).has_value());
  std::promise<Result<RetentionPass>> answer;
  p.log->reduce_before(kept_for(1, 400), kNoon + std::chrono::days(10), before, make_skeleton,
                       [&](Result<RetentionPass> pass) { answer.set_value(std::move(pass)); });
  const auto pass = answer.get_future().get();
  REQUIRE(pass.has_error());
  CHECK(pass.error().code == ErrorCode::kConflict);
  CHECK(p.forms()[0] == kWhole);
  REQUIRE(reduce(*p.log, kept_for(1, 400), kNoon + std::chrono::days(10)).has_value());
  CHECK(p.forms()[0] == EntryForm::kSkeleton);
}

TEST_CASE(
    "An erasure that is asked when nothing is rewritten any more is refused, until a restart") {
  ManyRevisions p;
  p.log->end_rewriting();
  const auto refused = erase(*p.log, p.name, kRecord);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::kShuttingDown);
  must_submit(*p.log, p.ems, 7, {overdose("behind it")});
  CHECK_FALSE(p.log->failed());
  p.reopen();
  CHECK(erase(*p.log, p.name, kRecord).has_value());
}

TEST_CASE("Erasing what is not there changes nothing and says so") {
  ManyRevisions p;
  const auto end = p.log->durable().end;
  const auto record = erase(*p.log, p.name, "nobody");
  REQUIRE(record.has_error());
  CHECK(record.error().code == ErrorCode::kNotFound);
  CHECK(erase(*p.log, source("ems/other"), kRecord).has_error());
  CHECK(erase(*p.log, p.name, "").error().code == ErrorCode::kInvalidRequest);
  CHECK(p.log->durable().end == end);
  CHECK_FALSE(p.log->last_erasure().has_value());
}

TEST_CASE("Entries that the indexes do not have yet are erased") {
  ManyRevisions p;
  std::vector<std::future<Result<Published>>> answers;
  std::uint64_t sequence = 7;
  for (; sequence < 200; ++sequence) {
    answers.push_back(submit_later(*p.log, p.ems, sequence,
                                   {overdose(kRecord, static_cast<std::uint32_t>(sequence),
                                             kPlanted + std::to_string(sequence))}));
  }
  const auto erased = erase(*p.log, p.name, kRecord);
  REQUIRE(erased.has_value());
  CHECK(erased->events == 4 + 193);
  CHECK(files_with(p.options.directory, kPlanted).empty());
  // None of them is in the index: every revision is new again.
  CHECK(must_submit(*p.log, p.ems, sequence, {overdose(kRecord, 100, "anew")}).stored == 1);
}

TEST_CASE("An erasure names the backups that were taken since the event was recorded") {
  ManyRevisions p;
  const auto taken = at("2026-03-01T13:00:00Z");
  REQUIRE(list_backup(p.options.directory, {Offset(1), taken, "/backups/before"}).has_value());
  REQUIRE(
      list_backup(p.options.directory, {Offset(2), taken, "/backups/with the first"}).has_value());
  REQUIRE(list_backup(p.options.directory, {Offset(9), taken, "/backups/whole"}).has_value());
  const auto erased = erase(*p.log, p.name, kRecord);
  REQUIRE(erased.has_value());
  CHECK(erased->backups == std::vector<std::string>{"2026-03-01T13:00:00Z /backups/with the first",
                                                    "2026-03-01T13:00:00Z /backups/whole"});
}

}  // namespace commonwatch::storage::test
