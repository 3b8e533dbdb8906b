// An erasure that is interrupted: after a restart it never was, or it is complete.
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>

#include "hub/storage/open_hooks.h"
#include "hub/storage/repair.h"
#include "tests/storage/log_fixture.h"

namespace commonwatch::storage::test {
namespace {

const std::string kPlanted = "planted-5d07";
const std::string kRecord = "record-of-somebody";

// Takes only so many syncs, and nothing more behind the last of them.
class CountedSyncs final : public rocksdb::FileSystemWrapper {
 public:
  CountedSyncs() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "CountedSyncs"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewWritableFile(name, options, result, debug);
    if (status.ok()) *result = std::make_unique<File>(std::move(*result), left);
    return status;
  }
  std::atomic<int> left{1 << 30};

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, std::atomic<int>& left)
        : FSWritableFileOwnerWrapper(std::move(file)), left_(left) {}
    rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (left_ <= 0) return rocksdb::IOStatus::IOError("injected: append failed");
      return FSWritableFileOwnerWrapper::Append(bytes, options, debug);
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& verification,
                             rocksdb::IODebugContext* debug) override {
      if (left_ <= 0) return rocksdb::IOStatus::IOError("injected: append failed");
      return FSWritableFileOwnerWrapper::Append(bytes, options, verification, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
      if (--left_ < 0) return rocksdb::IOStatus::IOError("injected: sync failed");
      return FSWritableFileOwnerWrapper::Sync(options, debug);
    }

   private:
    std::atomic<int>& left_;
  };
};

}  // namespace

namespace {

// A log of 41 entries, 21 of which are of the record or name it, and an erasure that is given so
// many syncs; whether it was answered.
bool erase_within(int syncs, const LogOptions& options, const SteppedClock& clock) {
  const auto name = source("ems/cad");
  const auto file_system = std::make_shared<CountedSyncs>();
  const auto env = rocksdb::NewCompositeEnv(file_system);
  const ScopedOpenHooks hooks({env.get()});
  const auto log = open_log(options, clock);
  const auto ems = open_source(*log, name)->handle;
  for (std::uint64_t n = 1; n <= 40; ++n) {
    must_submit(
        *log, ems, n,
        {overdose(n % 2 == 0 ? kRecord : "r" + std::to_string(n), static_cast<std::uint32_t>(n),
                  (n % 2 == 0 ? kPlanted : "kept") + std::string(50'000, 'x'))});
  }
  REQUIRE(append_hub(*log, "DECIDED ON " + kRecord).has_value());
  file_system->left = syncs;
  return erase(*log, name, kRecord).has_value();
}

std::size_t count_gone(const EventLog& log) {
  std::size_t gone = 0;
  for (const Chunk& chunk : read_all(log)) {
    for (const Entry& entry : chunk.entries) gone += entry.is_whole() ? 0 : 1;
  }
  return gone;
}

}  // namespace

TEST_CASE("An erasure that ends at any of its syncs is complete after a restart, or never was") {
  const int syncs = GENERATE(range(0, 14));
  CAPTURE(syncs);
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  const auto name = source("ems/cad");
  const bool answered = erase_within(syncs, options, clock);
  const auto log = open_log(options, clock);
  const bool erased = log->last_erasure().has_value();
  if (answered) CHECK(erased);
  if (syncs == 0) CHECK_FALSE(erased);
  CHECK(count_gone(*log) == (erased ? 21 : 0));
  CHECK(files_with(options.directory, kPlanted).empty() == erased);
  CHECK(files_with(options.directory, kRecord).empty() == erased);
  CHECK(log->verify().faults.empty());
  const auto again = erase(*log, name, kRecord);
  CHECK(again.has_value() == !erased);
}

TEST_CASE("An erasure that was begun in what a repair keeps is completed by the next start") {
  // The event is durable with the first sync, and nothing was rewritten.
  TemporaryDirectory directory;
  SteppedClock clock(kNoon);
  const auto options = options_at(directory / "data");
  REQUIRE_FALSE(erase_within(1, options, clock));
  const bool keeps_event = GENERATE(true, false);
  RepairPlan plan;
  plan.kept = Offset(keeps_event ? 43 : 41);  // `rewritten` and `erasure` are 41 and 42
  REQUIRE(carry_out_repair(options.directory, plan).has_value());
  const auto log = open_log(options, clock);
  REQUIRE(log->durable().end == plan.kept);
  CHECK(log->last_erasure().has_value() == keeps_event);
  CHECK(count_gone(*log) == (keeps_event ? 21 : 0));
  CHECK(files_with(options.directory, kPlanted).empty() == keeps_event);
  CHECK(log->verify().faults.empty());
}

}  // namespace commonwatch::storage::test
