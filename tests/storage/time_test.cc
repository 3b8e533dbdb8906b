#include "hub/storage/recorded_clock.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kOverdoseKind = model::EventKind::kOverdose;

std::vector<Instant> stamps(const EventLog& log) {
  std::vector<Instant> found;
  for (const Chunk& chunk : read_all(log)) found.push_back(chunk.recorded);
  return found;
}

}  // namespace

TEST_CASE("Recorded time rises strictly while the clock stands still") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  for (std::uint64_t n = 1; n <= 3; ++n) {
    must_submit(*log, opened->handle, n, {overdose(std::to_string(n))});
  }
  CHECK(stamps(*log) == std::vector{kNoon, kNoon + Duration(1), kNoon + Duration(2)});
}

TEST_CASE("A jump of the wall clock while the log is open is not followed") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto jump = GENERATE(hours(5), hours(-5));
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {overdose("a")});
  clock.jump(jump);
  clock.advance(seconds(3));
  must_submit(*log, opened->handle, 2, {overdose("b")});
  CHECK(stamps(*log).back() == kNoon + seconds(3));
  CHECK(log->recorded_now() == kNoon + seconds(3));
}

TEST_CASE("A wall clock that is behind at the start lets recorded time run ahead and says so") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  {
    const auto log = open_log(options, clock);
    must_submit(*log, open_source(*log, source("ems/cad"))->handle, 1, {overdose("a")});
    CHECK(log->open_report().description.empty());
  }
  clock.jump(-hours(2));
  const auto log = open_log(options, clock);
  CHECK(log->open_report().description.find("runs ahead") != std::string::npos);
  must_submit(*log, open_source(*log, source("ems/cad"))->handle, 2, {overdose("b")});
  CHECK(stamps(*log)[1] > kNoon);
  CHECK(stamps(*log)[1] < kNoon + minutes(1));
}

TEST_CASE("No chunk is stamped at or before a sealed tick, also after a crash") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {overdose("a")});
  clock.advance(seconds(40));  // beyond the ceiling that the commit left
  const Instant tick = log->recorded_now();
  CHECK(seal(*log, tick)->end == Offset(1));
  copy_as_killed(directory / "data", directory / "crashed");

  SECTION("in the same run") {
    must_submit(*log, opened->handle, 2, {overdose("b")});
    CHECK(stamps(*log).back() > tick);
  }
  SECTION("in the next run, with the wall clock far behind") {
    SteppedClock behind(kNoon - hours(1));
    const auto after = open_log(options_at(directory / "crashed"), behind);
    must_submit(*after, open_source(*after, source("ems/cad"))->handle, 2, {overdose("b")});
    CHECK(stamps(*after).back() > tick);
  }
}

TEST_CASE("After a clean stop time goes on with the wall clock, not ahead of it") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  {
    const auto log = open_log(options, clock);
    must_submit(*log, open_source(*log, source("ems/cad"))->handle, 1, {overdose("a")});
  }
  clock.advance(seconds(1));
  const auto log = open_log(options, clock);
  CHECK(log->recorded_now() == kNoon + seconds(1));
}

TEST_CASE("A seal far ahead of time is refused") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data"), clock);
  CHECK(seal(*log, kNoon + hours(1)).error().code == ErrorCode::kInvalidRequest);
}

TEST_CASE("The ceiling is raised before it is reached, by a commit early, by a seal late") {
  WallRecordedClock clock(kNoon, seconds(0), Instant{}, Instant{});
  CHECK(clock.ceiling_due(seconds(0), false) == kNoon + seconds(10));
  clock.raise(kNoon + seconds(10));
  CHECK_FALSE(clock.ceiling_due(seconds(4), false));
  CHECK(clock.ceiling_due(seconds(6), false) == kNoon + seconds(16));
  clock.seal(kNoon + seconds(9));
  CHECK_FALSE(clock.ceiling_due(seconds(9), true));
  clock.seal(kNoon + seconds(11));
  CHECK(clock.ceiling_due(seconds(11), true) == kNoon + seconds(21));
}

TEST_CASE("With --clock events recorded time follows occurred time and never goes back") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data", ClockMode::kEvents), clock);
  CHECK(append_hub(*log, "configuration").has_value());
  const auto opened = open_source(*log, source("ems/cad"));
  const Instant begin = at("2016-01-01T10:00:00Z");
  must_submit(
      *log, opened->handle, 1,
      {overdose("a", 1, "p", begin), overdose("b", 1, "p", begin - hours(1)),
       overdose("c", 1, "p", begin + minutes(5)), overdose("d", 1, "p", begin + minutes(5))});
  const auto chunks = read_all(*log);
  REQUIRE(chunks.size() == 3);
  CHECK(chunks[1].recorded == begin);
  CHECK(chunks[1].entries.size() == 2);
  CHECK(chunks[2].recorded == begin + minutes(5));
  CHECK(chunks[2].entries.size() == 2);
  CHECK(log->recorded_now() == begin + minutes(5));
}

TEST_CASE("With --clock events rejected events and retractions move no time") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto log = open_log(options_at(directory / "data", ClockMode::kEvents), clock);
  const auto opened = open_source(*log, source("ems/cad"));
  Candidate retraction = overdose("a", 2, "r", kNoon + hours(3));
  retraction.kind = model::EventKind::kRetraction;
  Candidate bad = refused("bad");
  bad.occurred = kNoon + hours(4);
  must_submit(*log, opened->handle, 1, {overdose("a"), retraction, bad});
  CHECK(read_all(*log).size() == 1);
  CHECK(log->durable().recorded == kNoon);
}

TEST_CASE("The last source that closes appends one end event just behind the tick") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data", ClockMode::kEvents);
  auto log = open_log(options, clock);
  const auto first = open_source(*log, source("ems/cad"));
  const auto second = open_source(*log, source("police/cad"));
  must_submit(*log, first->handle, 1, {overdose("a", 1, "p", kNoon + Duration(1))});
  log->close_source(first->handle);
  REQUIRE(seal(*log, kNoon).has_value());
  CHECK(read_all(*log).size() == 1);
  log->close_source(second->handle);
  REQUIRE(seal(*log, kNoon).has_value());
  auto chunks = read_all(*log);
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[1].source == SourceName::hub());
  CHECK(chunks[1].entries[0].payload == "END");
  CHECK(chunks[1].recorded == kNoon + std::chrono::milliseconds(250) + Duration(1));

  // Nothing was appended since: no second one, also after a restart.
  log->close_source(open_source(*log, source("ems/cad"))->handle);
  log.reset();
  log = open_log(options, clock);
  log->close_source(open_source(*log, source("ems/cad"))->handle);
  REQUIRE(seal(*log, kNoon).has_value());
  CHECK(read_all(*log).size() == 2);
}

TEST_CASE("One report dated 2099 moves nothing; a long silence does not stop time") {
  EventsRecordedClock clock(std::chrono::days(1), model::TickLength(seconds(1)), Instant{});
  const SourceNumber one(1);
  clock.observe(one, kOverdoseKind, kNoon);
  clock.observe(one, kOverdoseKind, at("2099-01-01T00:00:00Z"));
  CHECK(clock.next() == kNoon);
  clock.observe(one, kOverdoseKind, kNoon + hours(1));
  CHECK(clock.next() == kNoon + hours(1));
  clock.observe(one, kOverdoseKind, kNoon + hours(24 * 9));
  CHECK(clock.next() == kNoon + hours(1));
  clock.observe(one, kOverdoseKind, kNoon + hours(24 * 9 + 2));
  CHECK(clock.next() == kNoon + hours(24 * 9));
}

TEST_CASE("Time stays within one step of the slowest open source that has an event") {
  EventsRecordedClock clock(std::chrono::days(1), model::TickLength(seconds(1)), Instant{});
  const SourceNumber slow(1);
  const SourceNumber fast(2);
  clock.observe(slow, kOverdoseKind, kNoon);
  for (int day = 0; day < 10; ++day) clock.observe(fast, kOverdoseKind, kNoon + hours(20 * day));
  CHECK(clock.next() == kNoon + hours(24));
  clock.observe(slow, kOverdoseKind, kNoon + hours(10));
  CHECK(clock.next() == kNoon + hours(24));
  clock.observe(fast, kOverdoseKind, kNoon + hours(190));
  CHECK(clock.next() == kNoon + hours(34));
  clock.forget(slow);
  clock.observe(fast, kOverdoseKind, kNoon + hours(191));
  CHECK(clock.next() == kNoon + hours(191));
}

TEST_CASE("With --clock events a first report dated 2099 of another source moves nothing") {
  EventsRecordedClock clock(std::chrono::days(1), model::TickLength(seconds(1)), Instant{});
  clock.observe(SourceNumber(1), kOverdoseKind, kNoon);
  clock.observe(SourceNumber(2), kOverdoseKind, at("2099-01-01T00:00:00Z"));
  CHECK(clock.next() == kNoon);
}

}  // namespace commonwatch::storage::test
