// RocksDB's environment over the simulated disk: its clock stands on nothing and its sleeps take no
// time. Compactions, and flushes of a database that is open, wait until the simulation runs them,
// on its own thread; while one closes, which waits for its flush, they run on a thread of their
// own.
#pragma once

#include <rocksdb/env.h>

#include <deque>
#include <memory>

#include "hub/storage/open_hooks.h"
#include "tests/sim/disk.h"

namespace commonwatch::sim {

class DiskEnv final : public rocksdb::EnvWrapper {
 public:
  explicit DiskEnv(const std::shared_ptr<Disk>& disk);
  const char* Name() const override { return "commonwatch::sim::DiskEnv"; }

  void Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                void (*unscheduled)(void*)) override;
  int UnSchedule(void* tag, Priority priority) override;
  void SleepForMicroseconds(int) override {}

  // Runs what waits, a hundred jobs at most; false: nothing did.
  bool run_background();
  // Called again and again while another thread works, which needs what runs in the background: one
  // of the two waits for the other at any time.
  void wait();
  // From here on work does not wait; until `hold`.
  void release();
  void hold() { holding_ = true; }

  // Small and quiet databases on this disk, whose logs are stepped.
  storage::OpenHooks hooks();

 private:
  struct Job {
    void (*work)(void*);
    void* argument;
    Priority priority;
    void* tag;
    void (*unscheduled)(void*);
  };

  std::mutex mutex_;
  std::deque<Job> waiting_;
  std::atomic<bool> holding_{true};
};

}  // namespace commonwatch::sim
