// EventLog::hold_at: recorded time that follows data waits at a barrier.
#include <atomic>

#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr auto kEvents = ClockMode::kEvents;
const Instant kBarrier = kNoon + hours(2);

Candidate after(const std::string& record, Duration since_noon) {
  return overdose(record, 1, "payload of " + record, kNoon + since_noon);
}

bool is_answered(const std::future<Result<Published>>& answer) {
  return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

// The records of the log in order; an event of the hub's own is named by its payload.
std::vector<std::string> records(const EventLog& log) {
  std::vector<std::string> found;
  for (const Chunk& chunk : read_all(log)) {
    for (const Entry& entry : chunk.entries) {
      found.emplace_back(entry.record_id.empty() ? entry.payload : entry.record_id);
    }
  }
  return found;
}

// A log that follows events, with a barrier two hours behind noon and one open source.
class Held {
 public:
  Held() : clock(kNoon), log(open_log(options_at(directory / "data", kEvents), clock)) {
    log->hold_at(kBarrier);
    ems = open_source(*log, source("ems/cad"))->handle;
  }
  // Returns when everything that was asked for has been looked at.
  void pass() { REQUIRE(seal(*log, kNoon).has_value()); }

  TemporaryDirectory directory;
  SteppedClock clock;
  std::unique_ptr<EventLog> log;
  SourceHandle ems;
};

}  // namespace

TEST_CASE("Without a barrier nothing waits") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data", kEvents), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {after("a", hours(0)), after("b", hours(20))});
  CHECK_FALSE(log->waiting_for().has_value());
}

TEST_CASE("Events before the barrier are stored, those at it and behind it wait") {
  Held held;
  auto answer = submit_later(*held.log, held.ems, 1,
                             {after("a", hours(0)), after("b", hours(1)), after("c", hours(2)),
                              after("d", minutes(90))});
  held.pass();
  CHECK_FALSE(is_answered(answer));
  CHECK(records(*held.log) == std::vector<std::string>{"a", "b"});
  CHECK(held.log->waiting_for() == kBarrier);
  CHECK(held.log->recorded_now() < kBarrier);

  held.log->hold_at(kBarrier + hours(2));
  const auto published = answer.get();
  REQUIRE(published.has_value());
  CHECK(records(*held.log) == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK_FALSE(held.log->waiting_for().has_value());
}

TEST_CASE("A submission that was split is answered once, with the sum of what became of it") {
  Held held;
  must_submit(*held.log, held.ems, 1, {after("a", hours(0))});
  std::atomic<int> ordered{0};
  std::atomic<int> published{0};
  std::promise<Published> whole;
  held.log->submit(
      held.ems, Sequence(1),
      {after("a", hours(0)), after("b", hours(1)), refused("bad"), after("c", hours(3)),
       refused("worse"), after("d", hours(3))},
      [&](const Result<void>& result) {
        CHECK(result.has_value());
        ++ordered;
      },
      [&](Result<Published> result) {
        ++published;
        whole.set_value(std::move(result).value());
      });
  held.pass();
  CHECK(ordered == 0);
  CHECK(published == 0);
  held.log->hold_at(kBarrier + hours(24));
  const Published sum = whole.get_future().get();
  held.pass();
  CHECK(ordered == 1);
  CHECK(published == 1);
  CHECK(sum.last == Sequence(6));
  CHECK(sum.stored == 3);
  CHECK(sum.repeated == 1);
  REQUIRE(sum.rejections.size() == 2);
  CHECK(sum.rejections[0].sequence == Sequence(3));
  CHECK(sum.rejections[1].sequence == Sequence(5));
  CHECK(held.log->last_sequence(source("ems/cad")) == Sequence(6));
}

TEST_CASE("A submission that waits, and would be refused, is refused once when its turn comes") {
  Held held;
  auto waiting = submit_later(*held.log, held.ems, 1, {after("a", hours(0)), after("b", hours(3))});
  auto gap = submit_later(*held.log, held.ems, 9, {after("z", hours(1))});
  held.pass();
  CHECK_FALSE(is_answered(gap));
  held.log->hold_at(kBarrier + hours(24));
  CHECK(waiting.get().has_value());
  const auto refused = gap.get();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::kSequenceGap);
}

TEST_CASE("The hub's own events and other sources pass what waits; one source keeps its order") {
  Held held;
  const auto police = open_source(*held.log, source("police/rms"))->handle;
  must_submit(*held.log, police, 1, {after("p1", hours(0))});
  auto crossing = submit_later(*held.log, held.ems, 1, {after("a", hours(1)), after("b", hours(3))});
  // It would fit, but what came before it does not.
  auto behind = submit_later(*held.log, held.ems, 3, {after("c", minutes(70))});
  must_submit(*held.log, police, 2, {after("p2", minutes(80))});
  REQUIRE(append_hub(*held.log, "calibration").has_value());
  CHECK_FALSE(is_answered(crossing));
  CHECK_FALSE(is_answered(behind));
  CHECK(records(*held.log) == std::vector<std::string>{"p1", "a", "p2", "calibration"});

  held.log->hold_at(kBarrier + hours(24));
  REQUIRE(crossing.get().has_value());
  REQUIRE(behind.get().has_value());
  CHECK(records(*held.log) ==
        std::vector<std::string>{"p1", "a", "p2", "calibration", "b", "c"});
}

TEST_CASE("A source that is closed, or taken over, while its events wait loses none of them") {
  Held held;
  auto waiting = submit_later(*held.log, held.ems, 1, {after("a", hours(0)), after("b", hours(3))});
  SECTION("closed") {
    held.log->close_source(held.ems);
    held.pass();
    held.log->hold_at(kBarrier + hours(24));
    REQUIRE(waiting.get().has_value());
    held.pass();
    CHECK(records(*held.log) == std::vector<std::string>{"a", "b", "END"});
  }
  SECTION("taken over") {
    std::promise<Result<SourceOpened>> taken;
    held.log->open_source(source("ems/cad"), Sequence(1), [&](Result<SourceOpened> opened) {
      taken.set_value(std::move(opened));
    });
    held.pass();
    held.log->hold_at(kBarrier + hours(24));
    REQUIRE(waiting.get().has_value());
    const auto opened = taken.get_future().get();
    REQUIRE(opened.has_value());
    CHECK(opened->last == Sequence(2));
  }
}

TEST_CASE("The durable listener is told that something waits, though nothing became durable") {
  Held held;
  must_submit(*held.log, held.ems, 1, {after("a", hours(0))});
  std::promise<void> told;
  std::atomic<bool> first{true};
  held.log->set_durable_listener([&](DurableState) {
    if (held.log->waiting_for() && first.exchange(false)) told.set_value();
  });
  auto waiting = submit_later(*held.log, held.ems, 2, {after("b", hours(3))});
  told.get_future().wait();
  CHECK(held.log->waiting_for() == kNoon + hours(3));
  CHECK(held.log->durable().end == Offset(1));
  held.log->close();
}

TEST_CASE("A log that is closed refuses what waits, and keeps what was stored of it") {
  Held held;
  auto split = submit_later(*held.log, held.ems, 1, {after("a", hours(0)), after("b", hours(3))});
  auto behind = submit_later(*held.log, held.ems, 3, {after("c", hours(1))});
  held.pass();
  held.log->close();
  for (auto* answer : {&split, &behind}) {
    const auto refused = answer->get();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == ErrorCode::kShuttingDown);
  }
  held.log.reset();
  const auto again = open_log(options_at(held.directory / "data", kEvents), held.clock);
  CHECK(open_source(*again, source("ems/cad"))->last == Sequence(1));
}

TEST_CASE("No chunk is stamped at or before a tick that was sealed at the barrier") {
  Held held;
  auto waiting = submit_later(*held.log, held.ems, 1, {after("a", hours(0)), after("b", hours(3))});
  held.pass();
  REQUIRE(seal(*held.log, kBarrier).has_value());
  copy_as_killed(held.directory / "data", held.directory / "crashed");
  SECTION("in the same run") {
    REQUIRE(append_hub(*held.log, "calibration").has_value());
    CHECK(read_all(*held.log).back().recorded > kBarrier);
    held.log->hold_at(kBarrier + hours(24));
    REQUIRE(waiting.get().has_value());
    CHECK(read_all(*held.log).back().recorded == kNoon + hours(3));
  }
  SECTION("in the next run, after a crash") {
    const auto after_crash = open_log(options_at(held.directory / "crashed", kEvents), held.clock);
    const auto opened = open_source(*after_crash, source("ems/cad"));
    REQUIRE(opened->last == Sequence(1));
    must_submit(*after_crash, opened->handle, 2, {after("b", hours(1))});
    CHECK(read_all(*after_crash).back().recorded > kBarrier);
  }
}

TEST_CASE("While nothing waits a seal promises nothing with time that follows data") {
  Held held;
  must_submit(*held.log, held.ems, 1, {after("a", hours(0))});
  REQUIRE(seal(*held.log, kNoon + hours(1)).has_value());
  must_submit(*held.log, held.ems, 2, {after("b", minutes(30))});
  CHECK(read_all(*held.log).back().recorded == kNoon + minutes(30));
}

}  // namespace commonwatch::storage::test
