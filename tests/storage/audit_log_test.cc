#include <sys/stat.h>

#include <condition_variable>
#include <mutex>

#include "hub/storage/open_hooks.h"
#include "hub/storage/wal_tail.h"
#include "tests/storage/audit_fixture.h"
#include "tests/storage/failing_sync.h"

namespace commonwatch::storage::test {
namespace {

// Holds the writing thread until it is let go.
class Gate {
 public:
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    opened_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

}  // namespace

TEST_CASE("an audit log that was closed is opened again with everything in it") {
  TemporaryDirectory directory;
  auto log = open_audit(audit_at(directory / "audit"));
  CHECK(log->head().sequence == AuditSequence(0));
  CHECK(log->head().hash == Hash(kHashBytes, '\0'));
  CHECK(must_append(*log, "first").sequence == AuditSequence(1));
  const AuditHead head = must_append(*log, "second", kNoon + std::chrono::seconds(1));
  CHECK(log->head() == head);
  log.reset();
  log = open_audit(audit_at(directory / "audit"));
  CHECK(log->head() == head);
  CHECK(payloads(*log) == std::vector<std::string>{"first", "second"});
  CHECK(log->read(AuditSequence(2), 1).value().at(0).at == kNoon + std::chrono::seconds(1));
  CHECK(must_append(*log, "third").sequence == AuditSequence(3));
  const auto report = log->verify();
  CHECK(report.faults.empty());
  CHECK(report.records == 3);
}

TEST_CASE("an audit log is read in pages from any record on") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  for (int n = 1; n <= 5; ++n) must_append(*log, std::to_string(n));
  const auto page = log->read(AuditSequence(2), 3).value();
  REQUIRE(page.size() == 3);
  CHECK(page[0].sequence == AuditSequence(2));
  CHECK(page[2].payload == "4");
  CHECK(log->read(AuditSequence(5), 3).value().size() == 1);
  CHECK(log->read(AuditSequence(6), 3).value().empty());
}

TEST_CASE("what nobody waits for is durable after a flush") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  REQUIRE(log->append(kNoon, "a").has_value());
  REQUIRE(log->append(kNoon, "b").has_value());
  CHECK(log->flush().value().sequence == AuditSequence(2));
  CHECK(payloads(*log) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("after the death of the process everything that was answered is there") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  const AuditHead head = must_append(*log, "answered");
  copy_as_killed(directory / "audit", directory / "copy");
  const auto copy = open_audit(audit_at(directory / "copy"));
  CHECK(copy->head() == head);
  CHECK(copy->verify({held(head)}).faults.empty());
}

TEST_CASE("an audit log that another one has open is refused, and says so") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  const auto second = AuditLog::open(audit_at(directory / "audit"));
  REQUIRE(second.has_error());
  CHECK(second.error().message.find("is in use by another process; stop that one first") !=
        std::string::npos);
  CHECK(append(*log, "the first goes on").has_value());
}

TEST_CASE("records beyond the queue's limit are refused and what was taken is written") {
  TemporaryDirectory directory;
  AuditLogOptions options = audit_at(directory / "audit");
  options.queued_bytes_max = 4096;
  const auto log = open_audit(options);
  Gate gate;
  REQUIRE(log->append(kNoon, "held", [&](const auto&) { gate.wait(); }).has_value());
  std::size_t taken = 1;
  Result<void> last;
  while (taken < 100 && (last = log->append(kNoon, std::string(500, 'x')))) ++taken;
  REQUIRE(last.has_error());
  CHECK(last.error().code == ErrorCode::kRateLimited);
  gate.open();
  REQUIRE(log->flush().has_value());
  CHECK(payloads(*log).size() == taken);
  CHECK(append(*log, "room again").has_value());
}

TEST_CASE("an audit log without the room that it is to leave says so and takes what was done") {
  TemporaryDirectory directory;
  AuditLogOptions options = audit_at(directory / "audit");
  options.disk_free_bytes_min = ~std::uint64_t{0};
  const auto log = open_audit(options);
  CHECK_FALSE(log->has_room());
  CHECK(append(*log, "the end of what had begun").has_value());
  CHECK(open_audit(audit_at(directory / "another"))->has_room());
}

TEST_CASE("an audit log that is being closed writes what it took and takes nothing more") {
  TemporaryDirectory directory;
  auto log = open_audit(audit_at(directory / "audit"));
  for (int n = 0; n < 100; ++n) REQUIRE(log->append(kNoon, "taken").has_value());
  log->close();
  const auto late = append(*log, "late");
  REQUIRE(late.has_error());
  CHECK(late.error().code == ErrorCode::kShuttingDown);
  CHECK(log->flush().error().code == ErrorCode::kShuttingDown);
  log.reset();
  CHECK(payloads(*open_audit(audit_at(directory / "audit"))).size() == 100);
}

TEST_CASE("an audit log takes nothing more after a failed sync") {
  TemporaryDirectory directory;
  const auto files = std::make_shared<FailingSyncFileSystem>();
  const auto env = rocksdb::NewCompositeEnv(files);
  std::unique_ptr<AuditLog> log;
  {
    const ScopedOpenHooks hooks({env.get()});
    log = open_audit(audit_at(directory / "audit"));
  }
  const AuditHead head = must_append(*log, "durable");
  files->failing = true;
  CHECK(append(*log, "lost").error().code == ErrorCode::kInternal);
  CHECK(log->failed());
  files->failing = false;
  CHECK(append(*log, "later").error().code == ErrorCode::kInternal);
  CHECK(log->head() == head);
}

TEST_CASE("an audit log cuts off a record that a power cut tore, and goes on behind the last one") {
  TemporaryDirectory directory;
  AuditHead head;
  {
    const auto log = open_audit(audit_at(directory / "running"));
    must_append(*log, "one");
    head = must_append(*log, "two");
    copy_as_killed(directory / "running", directory / "killed");
  }
  const auto wal = (*inspect_newest_wal(directory / "killed" / "records"))->path;
  // A record's header, and a page of zeros in place of what it announces.
  std::ofstream(wal, std::ios::binary | std::ios::app)
      << std::string("\x12\x34\x56\x78\x40\x00\x01", 7) << std::string(0x40, '\0');
  // RocksDB alone refuses it.
  AuditLogOptions as_it_is = audit_at(directory / "killed");
  as_it_is.open_damaged = true;
  CHECK(AuditLog::open(as_it_is).has_error());
  const auto log = open_audit(audit_at(directory / "killed"));
  CHECK(log->head() == head);
  must_append(*log, "three");
  CHECK(payloads(*log) == std::vector<std::string>{"one", "two", "three"});
  CHECK(log->verify({held(head)}).faults.empty());
}

TEST_CASE("records of one commit are chained one behind the other") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  Gate gate;
  REQUIRE(log->append(kNoon, "held", [&](const auto&) { gate.wait(); }).has_value());
  std::vector<std::future<Result<AuditHead>>> answers;
  for (int n = 0; n < 20; ++n) {
    auto answer = std::make_shared<std::promise<Result<AuditHead>>>();
    answers.push_back(answer->get_future());
    REQUIRE(log->append(kNoon, std::to_string(n),
                        [answer](Result<AuditHead> head) { answer->set_value(std::move(head)); })
                .has_value());
  }
  gate.open();
  std::vector<HeldHead> heads;
  for (auto& answer : answers) heads.push_back(held(answer.get().value()));
  const auto report = log->verify(heads);
  CHECK(report.faults.empty());
  REQUIRE(report.held.size() == heads.size());
  CHECK(report.held.front().place == 2);
  CHECK(report.held.back().place == 21);
}

TEST_CASE("the files of an audit log are for their owner alone") {
  TemporaryDirectory directory;
  const auto log = open_audit(audit_at(directory / "audit"));
  must_append(*log, "a");
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory / "audit")) {
    struct stat found {};
    REQUIRE(::stat(file.path().c_str(), &found) == 0);
    CHECK((found.st_mode & (S_IRWXG | S_IRWXO)) == 0);
  }
}

}  // namespace commonwatch::storage::test
