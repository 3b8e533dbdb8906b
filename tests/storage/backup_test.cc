// A backup that was taken while the log was written restores to what was in it, as a log of its own.
#include <atomic>
#include <thread>

#include "hub/storage/backup_directory.h"
#include "tests/storage/audit_fixture.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

constexpr std::uint64_t kBatch = 20;

// A log and an audit log in one data directory, and where its backups go.
struct BackedUp {
  BackedUp() { reopen(); }
  void reopen() {
    log.reset();
    audit.reset();
    log = open_log(options_at(directory / "data"), clock);
    audit = open_audit(audit_at(directory / "data" / "audit"));
    handle = open_source(*log, source("ems/cad"), next - 1).value().handle;
  }
  Published publish() {
    std::vector<Candidate> events;
    for (std::uint64_t i = 0; i < kBatch; ++i) {
      events.push_back(overdose("record-" + std::to_string(next + i)));
    }
    const Published published = must_submit(*log, handle, next, std::move(events));
    next += kBatch;
    return published;
  }
  BackupContent back_up() {
    auto backups = BackupDirectory::open(directory / "backups");
    if (!backups) FAIL(backups.error().message);
    auto content = (*backups)->take(*log, *audit, directory / "data", kNoon);
    if (!content) FAIL(content.error().message);
    return *content;
  }
  BackupContent restore(std::uint32_t number, const std::string& to) const {
    auto content = restore_backup(directory / "backups", number, directory / to);
    if (!content) FAIL(content.error().message);
    return *content;
  }

  TemporaryDirectory directory;
  SteppedClock clock{kNoon};
  std::unique_ptr<EventLog> log;
  std::unique_ptr<AuditLog> audit;
  SourceHandle handle;
  std::uint64_t next = 1;
};

// What a chunk says, whole.
std::string text_of(const std::vector<Chunk>& chunks, Offset below) {
  std::string text;
  for (const Chunk& chunk : chunks) {
    if (chunk.first >= below) break;
    text += chunk.source.text() + " " + std::to_string(chunk.first.value()) + " " +
            std::to_string(to_micros(chunk.recorded)) + "\n";
    for (const Entry& entry : chunk.entries) {
      text.append(entry.record_id).append(" ").append(entry.payload).append("\n");
    }
  }
  return text;
}

HeldHead held(const BackupContent& content) {
  HeldHead head;
  head.hash = content.chain_head;
  head.place = content.end.value();
  return head;
}

}  // namespace

TEST_CASE("A backup restores to the log up to where it was taken, under a new epoch", "[backup]") {
  BackedUp hub;
  for (int i = 0; i < 5; ++i) hub.publish();
  const AuditHead audited = must_append(*hub.audit, "before the backup");
  const BackupContent content = hub.back_up();
  CHECK(content.end == hub.log->durable().end);
  CHECK(content.chain_head == hub.log->head().hash);
  hub.publish();
  must_append(*hub.audit, "behind the backup");

  hub.restore(content.number, "restored");
  const auto log = open_log(options_at(hub.directory / "restored"), hub.clock);
  CHECK(log->epoch() != hub.log->epoch());
  CHECK(log->durable().end == content.end);
  CHECK(text_of(read_all(*log), content.end) == text_of(read_all(*hub.log), content.end));
  const VerifyReport report = log->verify({held(content)});
  CHECK(report.faults.empty());
  CHECK(report.chain_head == content.chain_head);
  CHECK(log->last_sequence(source("ems/cad")) == Sequence(5 * kBatch));
  const auto audit = open_audit(audit_at(hub.directory / "restored" / "audit"));
  CHECK(audit->head() == audited);
  CHECK(audit->verify().faults.empty());

  // A partner that was told of more finds out.
  const auto regressed = open_source(*log, source("ems/cad"), 6 * kBatch);
  REQUIRE_FALSE(regressed.has_value());
  CHECK(regressed.error().code == ErrorCode::kLogRegressed);
  // And it goes on: the same records are known.
  const auto again = open_source(*log, source("ems/cad"), 5 * kBatch).value();
  const auto published =
      must_submit(*log, again.handle, 5 * kBatch + 1, {overdose("record-1"), overdose("new")});
  CHECK(published.repeated == 1);
  CHECK(published.stored == 1);
}

TEST_CASE("Backups taken while the log is written each restore to a sound log", "[backup]") {
  BackedUp hub;
  hub.publish();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) hub.publish();
  });
  std::vector<BackupContent> taken;
  for (int i = 0; i < 4; ++i) taken.push_back(hub.back_up());
  stop = true;
  writer.join();
  const auto original = read_all(*hub.log);
  for (const BackupContent& content : taken) {
    const std::string to = "restored-" + std::to_string(content.number);
    hub.restore(content.number, to);
    const auto log = open_log(options_at(hub.directory / to), hub.clock);
    const Offset end = log->durable().end;
    CHECK(end >= content.end);
    CHECK(end <= content.end_max);
    CHECK(text_of(read_all(*log), end) == text_of(original, end));
    CHECK(log->verify({held(content)}).faults.empty());
  }
  CHECK(taken.back().end > taken.front().end);
}

TEST_CASE("A backup costs what is new, and the newest ones stay", "[backup]") {
  BackedUp hub;
  for (int i = 0; i < 5; ++i) hub.publish();
  for (int i = 0; i < 4; ++i) {
    hub.publish();
    hub.back_up();
  }
  {
    auto backups = BackupDirectory::open(hub.directory / "backups").value();
    REQUIRE(backups->keep_newest(2, hub.directory / "data").has_value());
  }
  const auto left = list_backups(hub.directory / "backups").value();
  REQUIRE(left.size() == 2);
  CHECK(left[0].number == 3);
  CHECK(left[1].number == 4);
  CHECK_FALSE(restore_backup(hub.directory / "backups", 1, hub.directory / "gone").has_value());
  CHECK_FALSE(std::filesystem::exists(hub.directory / "gone"));
  hub.restore(3, "restored");

  // What an erasure says of them: both, here and in what was restored.
  const auto erased = erase(*hub.log, source("ems/cad"), "record-1").value();
  CHECK(erased.backups.size() == 2);
  const auto log = open_log(options_at(hub.directory / "restored"), hub.clock);
  CHECK(erase(*log, source("ems/cad"), "record-1").value().backups.size() == 2);
  hub.back_up();
  auto backups = BackupDirectory::open(hub.directory / "backups").value();
  REQUIRE(backups->keep_newest(1, hub.directory / "data").has_value());
  CHECK(erase(*hub.log, source("ems/cad"), "record-2").value().backups.size() == 1);
}

TEST_CASE("A damaged backup is refused, and leaves nothing", "[backup]") {
  BackedUp hub;
  hub.publish();
  const BackupContent content = hub.back_up();
  int damaged = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(hub.directory / "backups" / "events")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    const char flipped = static_cast<char>(file.peek() ^ 1);
    file.seekp(100);
    file.put(flipped);
    ++damaged;
  }
  REQUIRE(damaged > 0);
  const auto restored =
      restore_backup(hub.directory / "backups", content.number, hub.directory / "restored");
  REQUIRE_FALSE(restored.has_value());
  CHECK(restored.error().message.find("damaged") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(hub.directory / "restored"));
}

TEST_CASE("A backup is refused where what belongs to it cannot be read", "[backup]") {
  BackedUp hub;
  hub.publish();
  const std::string name = GENERATE("record.key", "tokens", "backups");
  INFO(name);
  std::filesystem::remove(hub.directory / "data" / name);
  std::filesystem::create_directory(hub.directory / "data" / name);
  {
    auto backups = BackupDirectory::open(hub.directory / "backups").value();
    const auto refused = backups->take(*hub.log, *hub.audit, hub.directory / "data", kNoon);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find(name) != std::string::npos);
  }
  CHECK_FALSE(list_backups(hub.directory / "backups").has_value());
}

TEST_CASE("A backup that nobody waits for any more is ended, and counts for nothing", "[backup]") {
  BackedUp hub;
  hub.publish();
  {
    auto backups = BackupDirectory::open(hub.directory / "backups").value();
    const auto ended =
        backups->take(*hub.log, *hub.audit, hub.directory / "data", kNoon, [] { return false; });
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == ErrorCode::kShuttingDown);
  }
  CHECK_FALSE(list_backups(hub.directory / "backups").has_value());
  CHECK(hub.back_up().number > 0);
}

TEST_CASE("Nothing is restored over a data directory, nor two backups taken at once", "[backup]") {
  BackedUp hub;
  hub.publish();
  const BackupContent content = hub.back_up();
  const auto over = restore_backup(hub.directory / "backups", content.number,
                                   hub.directory / "data");
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().code == ErrorCode::kInvalidRequest);
  const auto first = BackupDirectory::open(hub.directory / "backups").value();
  const auto second = BackupDirectory::open(hub.directory / "backups");
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message.find("another backup") != std::string::npos);
  CHECK_FALSE(list_backups(hub.directory / "nowhere").has_value());
}

}  // namespace commonwatch::storage::test
