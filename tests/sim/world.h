// One seed: a hub, its disk, its clock, some partners and some watchers, moved by one random step
// after the other; then everything heals, and all must be where it has to be.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/archivist.h"
#include "tests/sim/coalition.h"
#include "tests/sim/nagger.h"
#include "tests/sim/partner.h"
#include "tests/sim/process.h"
#include "tests/sim/shown.h"
#include "tests/sim/stored.h"
#include "tests/sim/watcher.h"

namespace commonwatch::sim {

// What happened in a run, so that one can tell whether it proves anything.
struct Tally {
  std::size_t events = 0;
  std::size_t changes = 0;   // ticks at which what is shown changed
  std::size_t hotspots = 0;  // deltas with a hotspot or an alert
  std::size_t observed = 0;  // versions that watchers reached
  std::size_t starts = 0;
  std::size_t crashes = 0;
  std::size_t power_cuts = 0;
  std::size_t faults = 0;
  std::size_t epochs = 0;
  std::size_t erased = 0;   // records
  std::size_t reduced = 0;  // passes of retention that reduced anything
};

class World {
 public:
  // `directory`: of this seed alone; for the files that RocksDB does not keep.
  World(std::uint64_t seed, std::filesystem::path directory, bool verbose);
  ~World();

  // Throws Broken.
  void run(std::size_t steps);
  const Tally& tally() const { return tally_; }
  // The last steps, one a line.
  const std::deque<std::string>& last_steps() const { return last_steps_; }

 private:
  struct Action {
    int weight;
    const char* name;
    bool (World::*take)();  // false: it could not be taken
  };
  static const std::vector<Action>& actions();

  void step();
  void tell(const std::string& what);
  // The first, from a random one on, that can.
  template <class Items, class Act>
  bool any_of(Items& items, Act act) {
    const auto from =
        static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(items.size()) - 1));
    for (std::size_t n = 0; n < items.size(); ++n) {
      if (act(*items[(from + n) % items.size()])) return true;
    }
    return false;
  }
  Partner& any_partner() { return *random_.any(partners_); }
  Watcher& any_watcher() { return *random_.any(watchers_); }
  std::int64_t now_seconds() const;
  std::shared_ptr<Line> connect(const std::string& audience);

  // --- steps ---------------------------------------------------------------------------------
  bool connect_partner();
  bool drop_partner();
  bool publish();
  bool partner_arrive();
  bool partner_receive();
  bool connect_watcher();
  bool drop_watcher();
  bool watcher_arrive();
  bool watcher_receive();
  bool nag();
  bool nagger_arrive();
  bool poll();
  bool commit();
  bool commit_audit();
  bool index();
  bool keep_house();
  bool check_clock();
  bool rewrite();
  bool erase();
  bool retain();
  bool seal();
  bool fold();
  bool write_checkpoints();
  bool reload();
  bool pass_time();
  bool pass_much_time();
  bool pass_days();
  bool jump();
  bool arm_fault();
  bool make_room();
  bool restart();
  bool kill();
  bool cut_power();
  bool start();
  bool check_snapshot();

  void look_after();
  void end_process(bool power_cut);
  void calibrate();
  void begin_life();
  void heal();
  bool settle_once();
  void check_settled();

  Random random_;
  std::filesystem::path directory_;
  bool verbose_;
  ManualClock clock_;
  std::shared_ptr<Disk> disk_;
  DiskEnv env_;
  Coalition coalition_;
  Ground ground_;
  Stored::Partners partners_;
  Stored stored_;
  Archivist archivist_;
  Shown shown_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  Nagger nagger_;
  std::unique_ptr<Process> process_;
  storage::AuditHead audit_head_;  // the last that was durable
  int settings_ = 0;
  bool fault_armed_ = false;
  bool healing_ = false;
  Tally tally_;
  std::size_t steps_ = 0;
  std::deque<std::string> last_steps_;
};

}  // namespace commonwatch::sim
