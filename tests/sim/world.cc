#include "tests/sim/world.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "hub/wire/hub_event.h"
#include "tests/sim/broken.h"

namespace commonwatch::sim {
namespace {

const Instant kBegin = *parse_rfc3339("2026-03-01T12:00:00Z");
constexpr int kPastDays = 40;
constexpr std::size_t kStepsShown = 40;
// Of what a partner sends at once, before all is to heal.
constexpr std::size_t kSubmissionBytesMax = 32U << 10U;
// What readers may add to a ring behind its last trimming: the frames of progress.
constexpr std::size_t kRingSlackBytes = 4U << 10U;
constexpr std::size_t kSettleMax = 3000;
constexpr const char* kStarts = "the hub starts after every crash";
constexpr const char* kSettles = "when all is well, everything becomes durable and is shown";

Limits any_limits(Random& random) {
  Limits limits;
  limits.credit_events = static_cast<std::uint32_t>(random.between(20, 200));
  limits.queued_bytes_max = static_cast<std::size_t>(random.between(4, 64)) << 10U;
  limits.commit_bytes_max = static_cast<std::size_t>(random.between(1, 32)) << 10U;
  limits.ring_bytes_max = static_cast<std::size_t>(random.between(2, 64)) << 10U;
  limits.ring_ms_max = static_cast<std::uint32_t>(random.between(2'000, 600'000));
  limits.future_ms_max = 1000ULL * 24 * 3600 * 1000;
  limits.disk_free_bytes_min = 1U << 20U;
  return limits;
}

// What a power cut leaves of the slot of the watermark that is not synced.
void forget_exact_mark(const std::filesystem::path& watermark) {
  const int file = ::open(watermark.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  constexpr std::size_t kSlotBytes = 512;
  const std::string zeros(kSlotBytes, '\0');
  const auto written = ::pwrite(file, zeros.data(), zeros.size(), 2 * kSlotBytes);
  ::close(file);
  if (written != static_cast<ssize_t>(kSlotBytes)) throw std::runtime_error("watermark");
}

}  // namespace

World::World(std::uint64_t seed, std::filesystem::path directory, bool verbose)
    : random_(seed),
      directory_(std::move(directory)),
      verbose_(verbose),
      clock_(kBegin),
      disk_(std::make_shared<Disk>(seed * 2 + 1)),
      env_(disk_),
      coalition_(random_.chance(50)),
      ground_{disk_,
              env_,
              directory_,
              clock_,
              any_limits(random_),
              model::TickLength(std::chrono::milliseconds(250)),
              coalition_.accounts(),
              [this](model::Version tick, const storage::DurableState& durable) {
                stored_.tick_given(tick, durable);
              }},
      stored_(partners_, ground_.tick),
      archivist_(partners_, stored_),
      shown_(ground_.tick) {
  for (const char* source : {"county-ems/cad", "outreach/van", "outreach/phone"}) {
    partners_.push_back(std::make_unique<Partner>(source, random_));
  }
  for (const auto& partner : partners_) partner->remember(now_seconds(), kPastDays);
  const auto audiences = coalition_.audiences();
  for (std::size_t n = 0; n < 4; ++n) {
    watchers_.push_back(std::make_unique<Watcher>(
        "watcher " + std::to_string(n), audiences[n / 2 % audiences.size()], n % 2 == 0, shown_));
  }
}

World::~World() {
  process_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

// --- running -------------------------------------------------------------------------------------

const std::vector<World::Action>& World::actions() {
  static const std::vector<Action> all = {
      {20, "a partner connects", &World::connect_partner},
      {1, "a partner loses its connection", &World::drop_partner},
      {24, "a partner publishes", &World::publish},
      {30, "a partner's message arrives", &World::partner_arrive},
      {20, "a partner receives", &World::partner_receive},
      {15, "a watcher connects", &World::connect_watcher},
      {1, "a watcher loses its connection", &World::drop_watcher},
      {6, "a watcher's message arrives", &World::watcher_arrive},
      {40, "a watcher receives", &World::watcher_receive},
      {1, "somebody asks and reads no answer", &World::nag},
      {2, "what he asks arrives", &World::nagger_arrive},
      {30, "sessions run", &World::poll},
      {20, "the log commits", &World::commit},
      {4, "the audit log commits", &World::commit_audit},
      {8, "the indexes follow", &World::index},
      {3, "a second's house-keeping", &World::keep_house},
      {2, "sessions look at the clock", &World::check_clock},
      {8, "the log rewrites", &World::rewrite},
      {2, "a record is to be erased", &World::erase},
      {2, "what is old is to be reduced", &World::retain},
      {12, "the log is asked for a tick", &World::seal},
      {16, "ticks are given out", &World::fold},
      {1, "checkpoints are written", &World::write_checkpoints},
      {1, "other settings", &World::reload},
      {20, "time passes", &World::pass_time},
      {3, "much time passes", &World::pass_much_time},
      {1, "days pass", &World::pass_days},
      {2, "the wall clock jumps", &World::jump},
      {1, "a fault of the disk is near", &World::arm_fault},
      {4, "the disk has room again", &World::make_room},
      {1, "the hub restarts", &World::restart},
      {1, "the hub is killed", &World::kill},
      {1, "the power is cut", &World::cut_power},
      {60, "the hub starts", &World::start},
      {2, "a snapshot is read", &World::check_snapshot},
  };
  return all;
}

void World::tell(const std::string& what) {
  last_steps_.push_back(std::to_string(steps_) + " " + what);
  if (last_steps_.size() > kStepsShown) last_steps_.pop_front();
  if (verbose_) std::printf("  %s\n", last_steps_.back().c_str());
}

void World::step() {
  static const int total = [] {
    int sum = 0;
    for (const Action& action : actions()) sum += action.weight;
    return sum;
  }();
  ++steps_;
  // What cannot be done now is no step.
  for (bool taken = false; !taken;) {
    auto at = random_.between(0, total - 1);
    const Action* action = actions().data();
    while (at >= action->weight) at -= (action++)->weight;
    taken = (this->*action->take)();
    if (taken) tell(action->name);
  }
  look_after();
}

void World::run(std::size_t steps) {
  start();
  for (std::size_t n = 0; n < steps; ++n) step();
  heal();
  for (std::size_t n = 0; !settle_once(); ++n) {
    require(n < kSettleMax, kSettles, "not after " + std::to_string(kSettleMax) + " rounds");
  }
  check_settled();
  restart();
  if (!process_) start();
  check_settled();
  for (const auto& partner : partners_) tally_.events += partner->spool().size();
  tally_.changes = shown_.changes();
  tally_.hotspots = shown_.hotspots();
  for (const auto& watcher : watchers_) tally_.observed += watcher->versions();
  tally_.erased = archivist_.erased();
  tally_.reduced = archivist_.passes();
}

// After each step: bounds, and whether the process is still there.
void World::look_after() {
  if (!process_) return;
  if (disk_->is_frozen() || process_->failed()) {
    tell(disk_->is_frozen() ? "the hub died" : "the log failed, and the hub ends");
    ++tally_.crashes;
    end_process(random_.chance(30));
    return;
  }
  nagger_.check();
  const std::size_t queued = process_->log().queued_bytes();
  require(healing_ || queued <= ground_.limits.queued_bytes_max + kSubmissionBytesMax,
          "memory is bounded", std::to_string(queued) + " bytes wait for the log");
}

// --- the process ---------------------------------------------------------------------------------

bool World::start() {
  if (process_ || (disk_->is_full() && !random_.chance(5))) return false;
  disk_->thaw();
  env_.hold();
  const bool struck_before = fault_armed_;
  if (!healing_ && random_.chance(10)) {
    disk_->arm(DiskFault::kDie, static_cast<int>(random_.between(0, 40)));
    fault_armed_ = true;
    ++tally_.faults;
  }
  auto started = Process::start(ground_, coalition_.settings(settings_));
  ++tally_.starts;
  if (!started) {
    tell("the hub does not start: " + started.error().message);
    require(disk_->is_frozen() || disk_->is_full() || struck_before, kStarts,
            started.error().message);
    const bool died = fault_armed_;
    require(died || disk_->is_full(), kStarts, started.error().message);
    fault_armed_ = false;
    return true;
  }
  process_ = std::move(*started);
  calibrate();
  if (const auto& said = process_->log().open_report().description; !said.empty()) tell(said);
  begin_life();
  return true;
}

// So low that a few events at one corner are a hotspot, and an alert. As often as the hub starts:
// the last one counts.
void World::calibrate() {
  wire::Calibration calibration;
  calibration.jurisdiction = hotspot::kWholeJurisdiction;
  calibration.due = ground_.tick.at_or_before(process_->log().durable().recorded);
  calibration.exposure_days = 365;
  calibration.null_days = 3650;
  calibration.scores = {1, 2, 3, 4};
  calibration.interval_days = {10, 40, 120, 400};
  calibration.rate_per_day = 4;
  for (const std::string& audience : coalition_.audiences()) {
    calibration.audience = audience;
    process_->say(wire::encode_hub_event(calibration));
  }
}

void World::begin_life() {
  stored_.check(process_->log());
  if (random_.chance(20)) stored_.verify(process_->log());
  std::vector<storage::HeldHead> held;
  if (audit_head_.sequence.value() > 0) {
    held.push_back({audit_head_.hash, audit_head_.sequence.value(), std::nullopt});
  }
  const auto audit = process_->audit_log().verify(held);
  for (const std::string& fault : audit.faults) throw Broken("the audit chain is whole", fault);
  for (const auto& channel : process_->channels().all()) {
    shown_.follow(process_->log(), *channel, process_->read_to(*channel));
    shown_.check_snapshot(*channel);
  }
}

void World::end_process(bool power_cut) {
  process_->kill();
  shown_.forget_feed();
  process_.reset();
  fault_armed_ = false;
  if (!power_cut) return;
  ++tally_.power_cuts;
  disk_->cut_power();
  forget_exact_mark(directory_ / "watermark");
  forget_exact_mark(directory_ / "audit" / "watermark");
}

bool World::restart() {
  if (!process_ || (!healing_ && random_.chance(50))) return false;
  process_->stop();
  shown_.forget_feed();
  process_.reset();
  start();
  return true;
}

bool World::kill() {
  if (!process_ || random_.chance(50)) return false;
  ++tally_.crashes;
  end_process(false);
  return true;
}

bool World::cut_power() {
  if (!process_ || random_.chance(50)) return false;
  ++tally_.crashes;
  end_process(true);
  return true;
}

bool World::arm_fault() {
  if (!process_ || fault_armed_ || disk_->is_full() || random_.chance(50)) return false;
  const auto fault = static_cast<DiskFault>(random_.between(0, 2));
  disk_->arm(fault, static_cast<int>(random_.between(0, 12)));
  fault_armed_ = true;
  ++tally_.faults;
  return true;
}

bool World::make_room() {
  if (!disk_->is_full()) return false;
  disk_->make_room();
  return true;
}

// --- the hub's steps -----------------------------------------------------------------------------

bool World::poll() { return process_ && (process_->poll(), true); }
bool World::commit() { return process_ && process_->commit(); }
bool World::commit_audit() {
  if (!process_ || !process_->commit_audit()) return false;
  audit_head_ = process_->audit_log().head();
  return true;
}
bool World::index() { return process_ && process_->index(); }
bool World::rewrite() { return process_ && process_->rewrite(); }
bool World::erase() { return process_ && archivist_.erase(*process_, random_); }
bool World::retain() { return process_ && archivist_.retain(*process_); }
bool World::keep_house() { return process_ && (process_->keep_house(), true); }
bool World::check_clock() { return process_ && (process_->check_clock(), true); }
bool World::seal() { return process_ && process_->seal(); }

bool World::fold() {
  if (!process_ || !process_->fold()) return false;
  if (process_->failed()) return true;
  for (const auto& channel : process_->channels().all()) {
    const std::size_t ring = channel->feed.usage().ring_bytes;
    require(ring <= ground_.limits.ring_bytes_max + kRingSlackBytes, "memory is bounded",
            std::to_string(ring) + " bytes are in the ring");
    shown_.follow(process_->log(), *channel, process_->read_to(*channel));
  }
  return true;
}

bool World::write_checkpoints() { return process_ && (process_->write_checkpoints(), true); }

bool World::check_snapshot() {
  if (!process_) return false;
  for (const auto& channel : process_->channels().all()) shown_.check_snapshot(*channel);
  return true;
}

bool World::reload() {
  if (!process_ || random_.chance(50)) return false;
  settings_ = static_cast<int>(random_.between(0, 2));
  ++tally_.epochs;
  (void)process_->reload(coalition_.settings(settings_), random_.chance(50));
  return true;
}

// --- time ----------------------------------------------------------------------------------------

std::int64_t World::now_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(kBegin.time_since_epoch() + clock_.boot())
      .count();
}

bool World::pass_time() {
  clock_.advance(std::chrono::milliseconds(random_.between(1, 700)));
  return true;
}

bool World::pass_much_time() {
  clock_.advance(std::chrono::seconds(random_.between(1, 1200)));
  return true;
}

bool World::pass_days() {
  if (random_.chance(50)) return false;
  clock_.advance(std::chrono::hours(random_.between(20, 60)));
  return true;
}

bool World::jump() {
  clock_.jump(std::chrono::minutes(random_.between(-600, 600)));
  return true;
}

// --- partners and watchers -----------------------------------------------------------------------

std::shared_ptr<Line> World::connect(const std::string& audience) {
  auto line = std::make_shared<Line>();
  process_->connect(line, audience);
  return line;
}

bool World::connect_partner() {
  Partner& partner = any_partner();
  if (!process_ || (partner.is_connected() && !random_.chance(5))) return false;
  partner.connect(connect(coalition_.audiences().back()), random_.chance(50));
  return true;
}

bool World::drop_partner() {
  Partner& partner = any_partner();
  if (!partner.is_connected()) return false;
  partner.drop();
  return true;
}

bool World::publish() {
  return any_of(partners_, [&](Partner& partner) { return partner.publish(now_seconds()); });
}
bool World::partner_arrive() {
  return any_of(partners_, [](Partner& partner) { return partner.arrive(); });
}
bool World::partner_receive() {
  return any_of(partners_, [](Partner& partner) { return partner.receive(); });
}

bool World::connect_watcher() {
  Watcher& watcher = any_watcher();
  if (!process_ || (watcher.is_connected() && !random_.chance(5))) return false;
  watcher.connect(connect(watcher.audience()), random_.chance(80));
  return true;
}

bool World::drop_watcher() {
  Watcher& watcher = any_watcher();
  if (!watcher.is_connected()) return false;
  watcher.drop();
  return true;
}

bool World::watcher_arrive() {
  return any_of(watchers_, [](Watcher& watcher) { return watcher.arrive(); });
}
bool World::watcher_receive() {
  return any_of(watchers_, [](Watcher& watcher) { return watcher.receive(); });
}

bool World::nag() {
  if (!process_ || nagger_.is_connected()) return false;
  nagger_.connect(connect(coalition_.audiences().back()),
                  static_cast<int>(random_.between(100, 500)));
  return true;
}

bool World::nagger_arrive() { return nagger_.arrive(); }

// --- the end -------------------------------------------------------------------------------------

void World::heal() {
  tell("everything heals");
  healing_ = true;
  disk_->disarm();
  disk_->make_room();
  fault_armed_ = false;
  nagger_.drop();
}

// Everybody goes on as fast as it can; true: there is nothing left to do.
bool World::settle_once() {
  disk_->disarm();
  disk_->make_room();
  fault_armed_ = false;
  if (!process_) start();
  if (!process_) return false;
  clock_.advance(std::chrono::milliseconds(300));
  process_->keep_house();
  process_->check_clock();
  bool settled = true;
  for (const auto& partner : partners_) {
    if (!partner->is_connected()) {
      partner->connect(connect(coalition_.audiences().back()), true);
    }
    while (partner->receive()) {
    }
    (void)partner->publish_rest();
    while (partner->arrive()) {
    }
    settled = settled && partner->is_settled();
  }
  process_->poll();
  commit();
  commit_audit();
  index();
  if (!archivist_.is_done()) erase();
  while (process_->rewrite()) {
  }
  seal();
  commit();
  fold();
  settled = settled && archivist_.is_done() && process_->may_alter();
  process_->poll();
  look_after();
  if (!process_) return false;
  for (const auto& watcher : watchers_) {
    if (!watcher->is_connected() || watcher->is_refused()) {
      watcher->connect(connect(watcher->audience()), true);
    }
    while (watcher->arrive()) {
    }
    process_->poll();
    while (watcher->receive()) process_->poll();
    const auto channel = process_->channels().find(watcher->audience());
    settled = settled && watcher->position() &&
              watcher->position()->epoch == (*channel)->feed.position().epoch;
  }
  return settled;
}

void World::check_settled() {
  stored_.check(process_->log());
  stored_.verify(process_->log());
  for (const auto& channel : process_->channels().all()) {
    shown_.follow(process_->log(), *channel, process_->read_to(*channel));
    shown_.check_snapshot(*channel);
    // Of what retention has reduced since, a replay counts what is left.
    if (!archivist_.has_reduced()) shown_.check_replays(*channel, process_->replay_sources());
  }
}

}  // namespace commonwatch::sim
