#include "tests/sim/disk_env.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/system_clock.h>
#include <rocksdb/table.h>

#include <thread>
#include <utility>

namespace commonwatch::sim {
namespace {

class Quiet final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class Sleepless final : public rocksdb::SystemClockWrapper {
 public:
  Sleepless() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "commonwatch::sim::Sleepless"; }
  void SleepForMicroseconds(int) override {}
};

// So small that a run of a few hundred events flushes, and begins another write-ahead log.
constexpr std::size_t kWriteBufferBytes = 64U << 10U;
// Of background work in a row.
constexpr int kJobsMax = 100;

void make_small(rocksdb::DBOptions& options,
                std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  static const auto logger = std::make_shared<Quiet>();
  static const auto cache = rocksdb::NewLRUCache(1U << 20U, 0);
  options.info_log = logger;
  options.stats_persist_period_sec = 0;
  options.max_file_opening_threads = 1;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  options.max_bgerror_resume_count = 0;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  const std::shared_ptr<rocksdb::TableFactory> tables(rocksdb::NewBlockBasedTableFactory(table));
  for (rocksdb::ColumnFamilyDescriptor& family : families) {
    family.options.write_buffer_size = kWriteBufferBytes;
    family.options.arena_block_size = 4096;
    family.options.memtable_prefix_bloom_size_ratio = 0;
    family.options.memtable_whole_key_filtering = false;
    family.options.compression = rocksdb::kNoCompression;
    family.options.compression_per_level.clear();
    family.options.table_factory = tables;
  }
}

}  // namespace

DiskEnv::DiskEnv(const std::shared_ptr<Disk>& disk) : EnvWrapper(rocksdb::NewCompositeEnv(disk)) {
  file_system_ = disk;
  system_clock_ = std::make_shared<Sleepless>();
}

void DiskEnv::Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                       void (*unscheduled)(void*)) {
  if (!holding_) return EnvWrapper::Schedule(work, argument, priority, tag, unscheduled);
  const std::lock_guard lock(mutex_);
  waiting_.push_back({work, argument, priority, tag, unscheduled});
}

int DiskEnv::UnSchedule(void* tag, Priority priority) {
  int count = EnvWrapper::UnSchedule(tag, priority);
  std::deque<Job> ended;
  {
    const std::lock_guard lock(mutex_);
    std::deque<Job> kept;
    for (Job& job : waiting_) {
      (job.tag == tag && job.priority == priority ? ended : kept).push_back(job);
    }
    waiting_.swap(kept);
  }
  for (const Job& job : ended) {
    if (job.unscheduled != nullptr) job.unscheduled(job.argument);
    ++count;
  }
  return count;
}

bool DiskEnv::run_background() {
  bool ran = false;
  for (int jobs = 0;; ++jobs) {
    Job job{};
    {
      const std::lock_guard lock(mutex_);
      // A compaction that fails asks to be run again; a real one waits before it does.
      if (waiting_.empty() || jobs == kJobsMax) return ran;
      job = waiting_.front();
      waiting_.pop_front();
    }
    job.work(job.argument);
    ran = true;
  }
}

void DiskEnv::wait() {
  if (!run_background()) std::this_thread::sleep_for(std::chrono::microseconds(50));
}

void DiskEnv::release() {
  holding_ = false;
  const std::lock_guard lock(mutex_);
  for (const Job& job : std::exchange(waiting_, {})) {
    EnvWrapper::Schedule(job.work, job.argument, job.priority, job.tag, job.unscheduled);
  }
}

storage::OpenHooks DiskEnv::hooks() {
  storage::OpenHooks hooks;
  hooks.env = this;
  hooks.index_env = this;
  hooks.tune = make_small;
  hooks.stepped = true;
  hooks.wait = [this] { wait(); };
  return hooks;
}

}  // namespace commonwatch::sim
