#include <thread>

#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

struct Fixture {
  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  LogOptions options = options_at(directory / "data");
  std::unique_ptr<EventLog> log = open_log(options, clock);
  SourceName name = source("ems/cad");
  SourceHandle handle = open_source(*log, name)->handle;

  void reopen() {
    log.reset();
    log = open_log(options, clock);
    handle = open_source(*log, name)->handle;
  }
};

Result<SourceOpened> open_if_free(EventLog& log, const SourceName& name) {
  return open_source(log, name, 0, /*only_if_free=*/true);
}

std::vector<Disposition> dispositions(const Chunk& chunk) {
  std::vector<Disposition> found;
  for (const Entry& entry : chunk.entries) found.push_back(entry.disposition);
  return found;
}

}  // namespace

TEST_CASE("A submission that was published is read back whole") {
  Fixture f;
  const auto cell = model::Cell::at({40.1, -75.3}, model::kLeafLevel);
  const Published published =
      must_submit(*f.log, f.handle, 1, {overdose("a", 3, "first", kNoon, cell), overdose("b")});
  CHECK(published.last == Sequence(2));
  CHECK(published.stored == 2);
  CHECK(published.chain_head.size() == 32);
  const auto chunks = read_all(*f.log);
  REQUIRE(chunks.size() == 1);
  CHECK(chunks[0].source == f.name);
  REQUIRE(chunks[0].entries.size() == 2);
  const Entry& entry = chunks[0].entries[0];
  CHECK(entry.sequence == Sequence(1));
  CHECK(entry.kind == model::EventKind::kOverdose);
  CHECK(entry.revision == 3);
  CHECK(entry.record_id == "a");
  CHECK(entry.payload == "first");
  CHECK(entry.occurred == kNoon);
  CHECK(entry.cell == cell);
}

TEST_CASE("A gap is refused with the expected sequence and consumes nothing") {
  Fixture f;
  const auto refused_whole = submit(*f.log, f.handle, 3, {overdose("a")});
  REQUIRE(refused_whole.has_error());
  CHECK(refused_whole.error().code == ErrorCode::kSequenceGap);
  CHECK(refused_whole.error().message.find("expected is 1") != std::string::npos);
  CHECK(f.log->durable().end == Offset(0));
  CHECK(submit(*f.log, f.handle, 0, {overdose("a")}).error().code == ErrorCode::kSequenceGap);
}

TEST_CASE("The older holder is fenced when the source is opened again") {
  Fixture f;
  auto in_flight = submit_later(*f.log, f.handle, 1, {overdose("a")});
  const auto again = open_source(*f.log, f.name);
  CHECK(again->last == Sequence(1));
  CHECK(in_flight.get().has_value());
  CHECK(submit(*f.log, f.handle, 2, {overdose("b")}).error().code == ErrorCode::kFenced);
  CHECK(must_submit(*f.log, again->handle, 2, {overdose("b")}).stored == 1);
}

TEST_CASE("A closed source is not open and takes nothing") {
  Fixture f;
  CHECK(f.log->is_open(f.name));
  f.log->close_source(f.handle);
  CHECK(submit(*f.log, f.handle, 1, {overdose("a")}).error().code == ErrorCode::kFenced);
  CHECK_FALSE(f.log->is_open(f.name));
  CHECK(open_if_free(*f.log, f.name).has_value());
}

TEST_CASE("A source that is held is busy for who wants it only if it is free") {
  Fixture f;
  const auto busy = open_if_free(*f.log, f.name);
  REQUIRE(busy.has_error());
  CHECK(busy.error().code == ErrorCode::kSourceBusy);
  CHECK(busy.error().field == "source");
  CHECK(must_submit(*f.log, f.handle, 1, {overdose("a")}).stored == 1);
}

TEST_CASE("Whoever asks first has a source that another wants only if it is free") {
  Fixture f;
  const SourceName name = source("ems/other");
  const bool session_first = GENERATE(true, false);
  // Both are in line before either is answered.
  std::promise<Result<SourceOpened>> by_session;
  std::promise<Result<SourceOpened>> if_free;
  const auto ask = [&](std::promise<Result<SourceOpened>>& answer, bool only_if_free) {
    f.log->open_source(
        name, Sequence(0),
        [&answer](Result<SourceOpened> opened) { answer.set_value(std::move(opened)); },
        only_if_free);
  };
  if (!session_first) ask(if_free, true);
  ask(by_session, false);
  if (session_first) ask(if_free, true);
  const auto held = by_session.get_future().get();
  REQUIRE(held.has_value());
  CHECK(if_free.get_future().get().has_value() != session_first);
  CHECK(must_submit(*f.log, held->handle, 1, {overdose("a")}).stored == 1);
}

TEST_CASE("More acknowledged than durable is LOG_REGRESSED and leaves the source to nobody") {
  Fixture f;
  const auto opened = open_source(*f.log, f.name, 7);
  REQUIRE(opened.has_error());
  CHECK(opened.error().code == ErrorCode::kLogRegressed);
  CHECK_FALSE(f.log->is_open(f.name));
  CHECK(submit(*f.log, f.handle, 1, {overdose("a")}).error().code == ErrorCode::kFenced);
}

TEST_CASE("The same sequences with the same content are repeats and store nothing") {
  Fixture f;
  const bool restarted = GENERATE(false, true);
  must_submit(*f.log, f.handle, 1, {overdose("a"), overdose("b")});
  if (restarted) f.reopen();
  const Published again =
      must_submit(*f.log, f.handle, 1, {overdose("a"), overdose("b"), overdose("c")});
  CHECK(again.repeated == 2);
  CHECK(again.stored == 1);
  CHECK(again.last == Sequence(3));
  CHECK(f.log->durable().end == Offset(3));
}

TEST_CASE("The same sequence with other content is rejected with CONFLICT and changes nothing") {
  Fixture f;
  const bool restarted = GENERATE(false, true);
  must_submit(*f.log, f.handle, 1, {overdose("a"), overdose("b")});
  if (restarted) f.reopen();
  const Published again = must_submit(*f.log, f.handle, 1, {overdose("a", 1, "other")});
  REQUIRE(again.rejections.size() == 1);
  CHECK(again.rejections[0].sequence == Sequence(1));
  CHECK(again.rejections[0].error.code == ErrorCode::kConflict);
  CHECK(again.last == Sequence(2));
  CHECK(f.log->durable().end == Offset(2));
}

TEST_CASE("Repeats and conflicts are seen among submissions that are still in flight") {
  Fixture f;
  auto first = submit_later(*f.log, f.handle, 1, {overdose("a"), overdose("b")});
  auto repeat = submit_later(*f.log, f.handle, 1, {overdose("a"), overdose("b")});
  auto conflict = submit_later(*f.log, f.handle, 2, {overdose("x"), overdose("c")});
  auto record = submit_later(*f.log, f.handle, 4, {overdose("a"), overdose("b", 1, "other")});
  CHECK(first.get()->stored == 2);
  CHECK(repeat.get()->repeated == 2);
  const auto third = conflict.get();
  CHECK(third->rejections.at(0).error.code == ErrorCode::kConflict);
  CHECK(third->stored == 1);
  const auto fourth = record.get();
  CHECK(fourth->repeated == 1);
  CHECK(fourth->rejections.at(0).error.code == ErrorCode::kRevisionConflict);
  CHECK(f.log->durable().end == Offset(5));
}

TEST_CASE("A refused event is consumed as a stub that keeps its code but not its bytes") {
  Fixture f;
  const Published published =
      must_submit(*f.log, f.handle, 1, {overdose("a"), refused("bad bytes"), overdose("b")});
  REQUIRE(published.rejections.size() == 1);
  CHECK(published.rejections[0].sequence == Sequence(2));
  CHECK(published.rejections[0].error.code == ErrorCode::kOutOfRange);
  CHECK(published.stored == 2);
  CHECK(published.last == Sequence(3));
  const Chunk chunk = read_all(*f.log)[0];
  const Entry& stub = chunk.entries[1];
  CHECK(stub.disposition == Disposition::kRejected);
  CHECK(stub.refusal == ErrorCode::kOutOfRange);
  CHECK(stub.payload.empty());
}

TEST_CASE("A refused event that comes again is reported with its first refusal") {
  Fixture f;
  const bool restarted = GENERATE(false, true);
  must_submit(*f.log, f.handle, 1, {refused("bad bytes")});
  if (restarted) f.reopen();
  const Published same = must_submit(*f.log, f.handle, 1, {refused("bad bytes")});
  CHECK(same.repeated == 1);
  REQUIRE(same.rejections.size() == 1);
  CHECK(same.rejections[0].error.code == ErrorCode::kOutOfRange);
  CHECK(same.rejections[0].error.field == "location.latitude");
  CHECK(same.rejections[0].error.message == "latitude must be a number");
  const Published other = must_submit(*f.log, f.handle, 1, {refused("other bytes")});
  CHECK(other.rejections.at(0).error.code == ErrorCode::kConflict);
}

TEST_CASE("An all-refused submission is consumed and blocks nothing") {
  Fixture f;
  CHECK(must_submit(*f.log, f.handle, 1, {refused("x"), refused("y")}).rejections.size() == 2);
  CHECK(must_submit(*f.log, f.handle, 3, {overdose("a")}).stored == 1);
}

TEST_CASE("The same record and revision under a new sequence is consumed, not stored again") {
  Fixture f;
  const bool restarted = GENERATE(false, true);
  must_submit(*f.log, f.handle, 1, {overdose("a"), overdose("b", 2)});
  if (restarted) f.reopen();
  const Published again = must_submit(*f.log, f.handle, 3, {overdose("b", 2), overdose("a")});
  CHECK(again.stored == 0);
  CHECK(again.repeated == 2);
  CHECK(again.last == Sequence(4));
  CHECK(dispositions(read_all(*f.log).back()) ==
        std::vector{Disposition::kRepeat, Disposition::kRepeat});
  // The stub itself can be repeated, or contradicted.
  CHECK(must_submit(*f.log, f.handle, 3, {overdose("b", 2)}).repeated == 1);
  CHECK(must_submit(*f.log, f.handle, 3, {overdose("z")}).rejections.at(0).error.code ==
        ErrorCode::kConflict);
}

TEST_CASE("The same record and revision with other content is REVISION_CONFLICT") {
  Fixture f;
  const bool restarted = GENERATE(false, true);
  must_submit(*f.log, f.handle, 1, {overdose("a", 1), overdose("a", 2, "corrected")});
  if (restarted) f.reopen();
  const Published other =
      must_submit(*f.log, f.handle, 3, {overdose("a", 1, "contradiction"), overdose("a", 3)});
  REQUIRE(other.rejections.size() == 1);
  CHECK(other.rejections[0].error.code == ErrorCode::kRevisionConflict);
  CHECK(other.stored == 1);
  CHECK(read_all(*f.log).back().entries[0].disposition == Disposition::kRejected);
}

TEST_CASE("Two identical records within one submission are stored once") {
  Fixture f;
  const Published published =
      must_submit(*f.log, f.handle, 1, {overdose("a"), overdose("a"), overdose("a", 1, "other")});
  CHECK(published.stored == 1);
  CHECK(published.repeated == 1);
  CHECK(published.rejections.at(0).error.code == ErrorCode::kRevisionConflict);
}

TEST_CASE("Records of two sources with the same id do not meet") {
  Fixture f;
  const auto other = open_source(*f.log, source("police/cad"));
  must_submit(*f.log, f.handle, 1, {overdose("a")});
  CHECK(must_submit(*f.log, other->handle, 1, {overdose("a", 1, "theirs")}).stored == 1);
}

TEST_CASE("Order is fixed before the submission is durable, and callbacks come in order") {
  Fixture f;
  std::vector<int> calls;
  std::promise<void> done;
  for (int index = 0; index < 3; ++index) {
    f.log->submit(
        f.handle, Sequence(static_cast<std::uint64_t>(index) + 1),
        {overdose(std::to_string(index))}, [&calls, index](auto) { calls.push_back(index * 2); },
        [&, index](auto) {
          calls.push_back(index * 2 + 1);
          if (index == 2) done.set_value();
        });
  }
  done.get_future().get();
  std::vector<int> ordered;
  std::vector<int> published;
  for (const int call : calls) (call % 2 == 0 ? ordered : published).push_back(call / 2);
  CHECK(ordered == std::vector{0, 1, 2});
  CHECK(published == std::vector{0, 1, 2});
  for (int index = 0; index < 3; ++index) {
    CHECK(std::find(calls.begin(), calls.end(), index * 2) <
          std::find(calls.begin(), calls.end(), index * 2 + 1));
  }
}

TEST_CASE("With too little free disk submissions are refused and nothing is accepted") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  LogOptions options = options_at(directory / "data");
  options.limits.disk_free_bytes_min = ~std::uint64_t{0};
  const auto log = open_log(options, clock);
  const auto opened = open_source(*log, source("ems/cad"));
  CHECK_FALSE(log->accepts());
  CHECK(submit(*log, opened->handle, 1, {overdose("a")}).error().code == ErrorCode::kNoSpace);
}

TEST_CASE("A submission that finds the queue full is refused as a whole, in its turn") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  LogOptions options = options_at(directory / "data");
  options.limits.queued_bytes_max = 1000;
  const auto log = open_log(options, clock);
  const auto opened = open_source(*log, source("ems/cad"));
  std::promise<void> blocked;
  std::promise<void> go_on;
  log->seal(kNoon, [&](auto) {
    blocked.set_value();
    go_on.get_future().get();
  });
  blocked.get_future().get();
  auto fits = submit_later(*log, opened->handle, 1, {overdose("a", 1, std::string(900, 'x'))});
  CHECK_FALSE(log->accepts());
  auto full = submit_later(*log, opened->handle, 2, {overdose("b", 1, std::string(900, 'x'))});
  go_on.set_value();
  CHECK(fits.get().has_value());
  CHECK(full.get().error().code == ErrorCode::kRateLimited);
  CHECK(must_submit(*log, opened->handle, 2, {overdose("b")}).stored == 1);
}

TEST_CASE("Closing makes durable what was submitted and refuses what comes later") {
  Fixture f;
  auto before = submit_later(*f.log, f.handle, 1, {overdose("a")});
  f.log->close();
  CHECK(before.get().has_value());
  CHECK(submit(*f.log, f.handle, 2, {overdose("b")}).error().code == ErrorCode::kShuttingDown);
  CHECK(seal(*f.log, kNoon).error().code == ErrorCode::kShuttingDown);
  CHECK(f.log->durable().end == Offset(1));
}

TEST_CASE("The durable listener hears of every commit with the state as it is read") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  std::vector<Offset> heard;
  std::promise<void> done;
  log->set_durable_listener([&](DurableState state) {
    heard.push_back(state.end);
    if (state.end == Offset(3)) done.set_value();
  });
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {overdose("a")});
  must_submit(*log, opened->handle, 2, {overdose("b"), overdose("c")});
  done.get_future().get();
  CHECK(heard == std::vector{Offset(1), Offset(3)});
}

}  // namespace commonwatch::storage::test
