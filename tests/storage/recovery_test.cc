#include <rocksdb/db.h>
#include <sys/stat.h>

#include <fstream>

#include "hub/storage/open_hooks.h"
#include "hub/storage/wal_tail.h"
#include "tests/storage/dying_files.h"
#include "tests/storage/failing_sync.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

namespace fs = std::filesystem;

// A log with a few commits, copied as kill -9 would leave it.
struct Killed {
  explicit Killed(std::size_t payload_bytes = 100) {
    const auto log = open_log(options_at(directory / "live"), clock);
    epoch = log->epoch();
    const auto opened = open_source(*log, name);
    for (std::uint64_t n = 1; n <= 4; ++n) {
      must_submit(*log, opened->handle, n,
                  {overdose(std::to_string(n), 1, std::string(payload_bytes, 'x'))});
    }
    copy_as_killed(directory / "live", directory / "data");
  }

  fs::path wal() const { return (*inspect_newest_wal(directory / "data" / "events"))->path; }
  std::uint64_t wal_end() const {
    return (*inspect_newest_wal(directory / "data" / "events"))->good_bytes;
  }
  Result<std::unique_ptr<EventLog>> open() { return EventLog::open(options, clock); }
  // What was killed is a machine, whose next boot is another.
  void cut_power() const {
    constexpr std::uint64_t kSlotBytes = 512;
    fs::resize_file(directory / "data" / "watermark", 2 * kSlotBytes);
  }

  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  SourceName name = source("ems/cad");
  LogOptions options = options_at(directory / "data");
  model::LogEpoch epoch;
};

void overwrite_bytes(const fs::path& path, std::uint64_t at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void flip_bit(const fs::path& path, std::uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char flipped = static_cast<char>(file.get() ^ 4);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(flipped);
}

}  // namespace

TEST_CASE("A log that was closed is opened again with everything in it") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  auto log = open_log(options, clock);
  CHECK(log->open_report().created);
  const auto epoch = log->epoch();
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {overdose("a"), overdose("b")});
  const auto durable = log->durable();
  log.reset();
  log = open_log(options, clock);
  CHECK_FALSE(log->open_report().created);
  CHECK(log->open_report().description.empty());
  CHECK(log->epoch() == epoch);
  CHECK(log->durable().end == durable.end);
  CHECK(log->durable().recorded == durable.recorded);
  CHECK(log->last_sequence(source("ems/cad")) == Sequence(2));
  CHECK(log->sources().size() == 1);
  CHECK(read_all(*log).at(0).entries.at(1).record_id == "b");
  CHECK(log->verify().faults.empty());
}

TEST_CASE("After kill -9 everything that was acknowledged is there, in the same epoch") {
  Killed killed;
  const auto log = killed.open();
  REQUIRE(log.has_value());
  CHECK((*log)->epoch() == killed.epoch);
  CHECK_FALSE((*log)->open_report().tail_cut);
  CHECK((*log)->durable().end == Offset(4));
  CHECK((*log)->last_sequence(killed.name) == Sequence(4));
  CHECK((*log)->verify().faults.empty());
}

TEST_CASE("The data directory is the owner's alone") {
  Killed killed;
  struct stat found {};
  REQUIRE(::stat((killed.directory / "live").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0700U);
}

TEST_CASE("A directory that is in use is refused") {
  Killed killed;
  const auto log = killed.open();
  const auto second = killed.open();
  REQUIRE(second.has_error());
  CHECK(second.error().message.find("in use") != std::string::npos);
}

TEST_CASE("A directory of the other clock is refused") {
  Killed killed;
  killed.options.clock_mode = ClockMode::kEvents;
  const auto log = killed.open();
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("--clock wall") != std::string::npos);
}

TEST_CASE("A truncated last record beyond the watermark is cut off and draws a new epoch") {
  Killed killed;
  killed.cut_power();
  fs::resize_file(killed.wal(), killed.wal_end() - 5);
  const auto log = killed.open();
  REQUIRE(log.has_value());
  CHECK((*log)->open_report().tail_cut);
  CHECK((*log)->open_report().description.find("torn") != std::string::npos);
  CHECK((*log)->epoch() != killed.epoch);
  CHECK((*log)->durable().end == Offset(3));
  CHECK(open_source(**log, killed.name, 4).error().code == ErrorCode::kLogRegressed);
  const auto opened = open_source(**log, killed.name, 3);
  CHECK(must_submit(**log, opened->handle, 4, {overdose("4", 1, "again")}).stored == 1);
  CHECK((*log)->verify().faults.empty());
}

TEST_CASE("The new epoch of a cut log stays at the next start") {
  Killed killed;
  killed.cut_power();
  fs::resize_file(killed.wal(), killed.wal_end() - 5);
  auto log = killed.open();
  REQUIRE(log.has_value());
  const auto epoch = (*log)->epoch();
  log->reset();
  log = killed.open();
  REQUIRE(log.has_value());
  CHECK((*log)->epoch() == epoch);
  CHECK_FALSE((*log)->open_report().tail_cut);
}

TEST_CASE("However far a start came that cut a torn end off, the log has a new epoch") {
  Killed killed;
  killed.cut_power();
  fs::resize_file(killed.wal(), killed.wal_end() - 5);
  int starts = 0;
  for (bool came_through = false; !came_through; ++starts) {
    const std::string number = std::to_string(starts);
    const auto options = options_at(killed.directory / number);
    copy_as_killed(killed.directory / "data", options.directory);
    {
      const auto files = std::make_shared<DyingFileSystem>(/*changes=*/starts);
      const auto env = rocksdb::NewCompositeEnv(files);
      const ScopedOpenHooks hooks({env.get()});
      came_through = EventLog::open(options, killed.clock).has_value();
    }
    const auto log = EventLog::open(options, killed.clock);
    INFO("The first start ended at change " + number);
    if (log.has_error()) FAIL(log.error().message);
    CHECK((*log)->epoch() != killed.epoch);
    CHECK((*log)->open_report().tail_cut != came_through);
    CHECK((*log)->durable().end == Offset(3));
    CHECK_FALSE(fs::exists(options.directory / "epoch.due"));
    fs::remove_all(options.directory);
  }
  CHECK(starts > 10);
}

TEST_CASE("A zeroed page in the last record is cut off as a torn tail") {
  Killed killed(20'000);
  killed.cut_power();
  overwrite_bytes(killed.wal(), killed.wal_end() - 9000, std::string(4096, '\0'));
  const auto log = killed.open();
  if (log.has_error()) FAIL(log.error().message);
  CHECK((*log)->open_report().tail_cut);
  CHECK((*log)->durable().end == Offset(3));
  CHECK((*log)->verify().faults.empty());
}

TEST_CASE("A record whose write the killed process did not finish is cut off in the same epoch") {
  Killed killed;
  // The first bytes of a record that never was synced: a copy of those of a whole one.
  std::ifstream file(killed.wal(), std::ios::binary);
  std::string begun(60, '\0');
  file.read(begun.data(), static_cast<std::streamsize>(begun.size()));
  begun[4] = '\x7f';
  std::ofstream(killed.wal(), std::ios::binary | std::ios::app) << begun;
  const auto log = killed.open();
  REQUIRE(log.has_value());
  CHECK_FALSE((*log)->open_report().tail_cut);
  CHECK((*log)->epoch() == killed.epoch);
  CHECK((*log)->durable().end == Offset(4));
}

TEST_CASE("Zeros behind the last record are no damage") {
  Killed killed;
  fs::resize_file(killed.wal(), killed.wal_end() + 10'000);
  const auto log = killed.open();
  REQUIRE(log.has_value());
  CHECK_FALSE((*log)->open_report().tail_cut);
  CHECK((*log)->durable().end == Offset(4));
}

TEST_CASE("A flipped bit with sound records behind it refuses to start and names the file") {
  Killed killed;
  // Behind the settings that the log was created with, before the last commits.
  flip_bit(killed.wal(), killed.wal_end() / 2);
  const auto log = killed.open();
  REQUIRE(log.has_error());
  CHECK(log.error().message.find(killed.wal().string()) != std::string::npos);
  CHECK(log.error().message.find("backup") != std::string::npos);
}

TEST_CASE("A log that ends below its watermark refuses to start") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  {
    const auto log = open_log(options, clock);
    const auto opened = open_source(*log, source("ems/cad"));
    must_submit(*log, opened->handle, 1, {overdose("a")});
    copy_as_killed(directory / "data", directory / "before");
    must_submit(*log, opened->handle, 2, {overdose("b")});
  }
  // An older copy of the log under the watermark of the newer one.
  fs::remove_all(directory / "data" / "events");
  fs::copy(directory / "before" / "events", directory / "data" / "events",
           fs::copy_options::recursive);
  const auto log = EventLog::open(options, clock);
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("durable") != std::string::npos);
}

TEST_CASE("A log that lost what was answered since the machine was booted refuses to start") {
  Killed killed;
  fs::resize_file(killed.wal(), killed.wal_end() - 5);
  const bool torn = GENERATE(true, false);
  if (!torn) fs::resize_file(killed.wal(), killed.wal_end());
  const auto log = killed.open();
  REQUIRE(log.has_error());
  CHECK(log.error().message.find(killed.wal().string()) != std::string::npos);
  CHECK(log.error().message.find("durable") != std::string::npos);
}

TEST_CASE("An older copy of a log that has gone on since refuses to start") {
  Killed killed;
  const fs::path data = killed.directory / "data";
  const auto older = options_at(killed.directory / "older");
  copy_as_killed(data, older.directory);
  {
    const auto log = *killed.open();
    const auto opened = open_source(*log, killed.name);
    must_submit(*log, opened->handle, 5, {overdose("5")});
    copy_as_killed(data, killed.directory / "newer");
  }
  { const auto log = open_log(older, killed.clock); }
  { const auto log = open_log(older, killed.clock); }  // its write-ahead log has a higher number
  killed.options.directory = killed.directory / "newer";
  fs::remove_all(killed.options.directory / "events");
  fs::copy(older.directory / "events", killed.options.directory / "events",
           fs::copy_options::recursive);
  const auto log = killed.open();
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("ends at offset 4") != std::string::npos);
}

TEST_CASE("A log without its watermark refuses to start") {
  Killed killed;
  fs::remove(killed.directory / "data" / "watermark");
  const auto log = killed.open();
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("watermark") != std::string::npos);
}

TEST_CASE("A watermark without its log refuses to start") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  {
    const auto log = open_log(options, clock);
    must_submit(*log, open_source(*log, source("ems/cad"))->handle, 1, {overdose("a")});
  }
  fs::remove_all(directory / "data" / "events");
  const auto log = EventLog::open(options, clock);
  REQUIRE(log.has_error());
  CHECK(log.error().message.find("is gone") != std::string::npos);
}

TEST_CASE("An index that was lost is rebuilt from the log") {
  Killed killed;
  fs::remove_all(killed.directory / "data" / "index");
  const auto log = killed.open();
  REQUIRE(log.has_value());
  const auto opened = open_source(**log, killed.name);
  const std::string payload(100, 'x');
  CHECK(must_submit(**log, opened->handle, 5, {overdose("2", 1, payload)}).repeated == 1);
  CHECK((*log)->find_occurred(kNoon, kNoon + Duration(1), {}, Offset(0), Offset(99), 10)->size() ==
        4);
}

TEST_CASE("A damaged index is rebuilt from the log") {
  Killed killed;
  overwrite_bytes(killed.directory / "data" / "index" / "CURRENT", 0, "garbage");
  const auto log = killed.open();
  REQUIRE(log.has_value());
  const auto opened = open_source(**log, killed.name);
  CHECK(must_submit(**log, opened->handle, 5, {overdose("2", 1, "other")})
            .rejections.at(0)
            .error.code == ErrorCode::kRevisionConflict);
}

TEST_CASE("A flipped bit in an index is told when it is read, and the next start builds it anew") {
  Killed killed;
  { const auto log = *killed.open(); }  // moves the indexes into table files
  std::size_t told = 0;
  std::vector<fs::path> tables;
  for (const auto& entry : fs::directory_iterator(killed.directory / "data" / "index")) {
    if (entry.path().extension() == ".sst") tables.push_back(entry.path().filename());
  }
  REQUIRE(tables.size() > 1);
  const Candidate repeat = overdose("2", 1, std::string(100, 'x'));
  for (const fs::path& table : tables) {
    auto options = killed.options;
    options.directory = killed.directory / table.stem();
    copy_as_killed(killed.directory / "data", options.directory);
    flip_bit(options.directory / "index" / table, 3);
    {
      const auto log = open_log(options, killed.clock);
      const auto answer = submit(*log, open_source(*log, killed.name)->handle, 5, {repeat});
      if (answer) {
        CHECK(answer->repeated == 1);  // it holds something else, or was built anew at once
        continue;
      }
      ++told;
      CHECK(answer.error().code == ErrorCode::kInternal);
      CHECK(submit(*log, {killed.name, 0}, 5, {repeat}).has_error());
      CHECK(log->failed());
    }
    const auto log = open_log(options, killed.clock);
    CHECK(log->open_report().description.find("built anew") != std::string::npos);
    CHECK(must_submit(*log, open_source(*log, killed.name)->handle, 5, {repeat}).repeated == 1);
  }
  CHECK(told > 0);
}

TEST_CASE("A flipped bit in a table file is found by verify") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  {
    const auto log = open_log(options, clock);
    must_submit(*log, open_source(*log, source("ems/cad"))->handle, 1,
                {overdose("a", 1, std::string(50'000, 'x'))});
  }
  { const auto log = open_log(options, clock); }  // moves the log into table files
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(directory / "data" / "events")) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  REQUIRE_FALSE(largest.empty());
  const auto log = open_log(options, clock);
  flip_bit(largest, fs::file_size(largest) / 2);
  CHECK_FALSE(log->verify().faults.empty());
}

TEST_CASE("After a failed sync nothing is ever acknowledged again") {
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto files = std::make_shared<FailingSyncFileSystem>();
  const auto env = rocksdb::NewCompositeEnv(files);
  std::unique_ptr<EventLog> log;
  {
    const ScopedOpenHooks hooks({env.get()});
    log = open_log(options_at(directory / "data"), clock);
  }
  const auto opened = open_source(*log, source("ems/cad"));
  must_submit(*log, opened->handle, 1, {overdose("a")});
  files->failing = true;
  CHECK(submit(*log, opened->handle, 2, {overdose("b")}).error().code == ErrorCode::kInternal);
  CHECK(log->failed());
  CHECK_FALSE(log->accepts());
  files->failing = false;
  CHECK(submit(*log, opened->handle, 2, {overdose("b")}).error().code == ErrorCode::kInternal);
  CHECK(seal(*log, kNoon).error().code == ErrorCode::kInternal);
  CHECK(open_source(*log, source("ems/cad")).error().code == ErrorCode::kInternal);
  CHECK(append_hub(*log, "x").error().code == ErrorCode::kInternal);
  CHECK(log->durable().end == Offset(1));
  log.reset();
}

}  // namespace commonwatch::storage::test
