#include "tests/sim/process.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <utility>

#include "hub/pipeline/erasure.h"
#include "hub/pipeline/own_events.h"
#include "hub/pipeline/skeletons.h"
#include "hub/wire/hub_event.h"
#include "tests/sim/broken.h"

namespace commonwatch::sim {
namespace {

namespace asio = boost::asio;

// For another thread, 50 us each.
constexpr int kWaitsMax = 100'000;

// Nothing is asked of it: replays run on the simulation's thread.
asio::thread_pool& idle_pool() {
  static asio::thread_pool pool(1);
  return pool;
}

telemetry::Metrics& metrics() {
  static telemetry::Metrics all;
  return all;
}

feed::FrameMaker frames() {
  return {[](const model::TileDelta& d) { return wire::encode(d, wire::Encoding::kBinary); },
          [](const model::TileState& t) { return wire::encode(t, wire::Encoding::kBinary); },
          [](const model::Position& p, Instant t) {
            return wire::encode(wire::Progress{p, t}, wire::Encoding::kBinary);
          },
          &wire::to_json_frame};
}

storage::LogOptions log_options(const Ground& ground) {
  storage::LogOptions options;
  options.directory = ground.directory;
  options.tick = ground.tick;
  pipeline::set_own_events(options);
  options.limits = ground.limits;
  return options;
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const Ground& ground,
                                                const pipeline::PictureSettings& settings) {
  const storage::ScopedOpenHooks hooks(ground.env.hooks());
  auto audit_log = storage::AuditLog::open(
      {ground.directory / "audit", ground.limits.audit_queued_bytes_max, false, false});
  if (!audit_log) return audit_log.error();
  auto log = storage::EventLog::open(log_options(ground), ground.clock);
  if (!log) return log.error();
  std::unique_ptr<Process> process(new Process(ground, std::move(*audit_log), std::move(*log)));
  if (auto begun = process->begin(settings); !begun) {
    process->kill();
    return begun.error();
  }
  return process;
}

Process::Process(const Ground& ground, std::unique_ptr<storage::AuditLog> audit_log,
                 std::unique_ptr<storage::EventLog> log)
    : ground_(ground),
      audit_log_(std::move(audit_log)),
      log_(std::move(log)),
      ingest_(*log_, ground_.clock, ground_.limits, metrics()) {}

template <class Work>
auto Process::run_blocking(Work work) {
  // What was queued before goes first, so that the group that comes is `work`'s alone.
  while (commit()) {
  }
  auto done = std::async(std::launch::async, std::move(work));
  while (done.wait_for(std::chrono::microseconds(20)) != std::future_status::ready) commit();
  return done.get();
}

Result<void> Process::begin(const pipeline::PictureSettings& settings) {
  settings_ = settings;
  auto epochs =
      run_blocking([&] { return pipeline::recover_epochs(*log_, settings, ground_.tick); });
  if (!epochs) return epochs.error();
  channels_ = std::make_unique<pipeline::Channels>(
      *std::move(epochs),
      feed::RingLimits{ground_.limits.ring_bytes_max,
                       std::chrono::milliseconds(ground_.limits.ring_ms_max)},
      frames());
  replay_sources_ = std::make_unique<pipeline::ReplaySources>(
      pipeline::ReplaySources{*log_, *channels_, ground_.tick, ground_.limits});
  decisions_ = std::make_unique<pipeline::Decisions>(*log_, *channels_);
  services_ = std::unique_ptr<session::Services>(new session::Services{
      ground_.clock, live_limits_, identity_, ingest_, *channels_, *replay_sources_, idle_pool(),
      idle_pool(), metrics(), [this] { return ready_; }, *decisions_, trail_});
  shared_ = std::make_unique<session::SharedSending>(metrics());
  const storage::DurableState durable = log_->durable();
  for (const auto& channel : channels_->all()) {
    listen(*channel);
    folds_.push_back(std::make_unique<pipeline::LiveFold>(
        *channel, *log_, ground_.tick, ground_.clock, ground_.limits, metrics()));
    if (auto recovered = folds_.back()->recover(durable); !recovered) return recovered;
  }
  seal();
  commit();
  fold();
  if (failed()) return make_error(ErrorCode::kInternal, "the log failed at the start");
  for (const auto& fold : folds_) fold->tell_alerts({});
  ready_ = true;
  return {};
}

Process::~Process() { kill(); }

// --- the end -------------------------------------------------------------------------------------

void Process::end_sessions() {
  for (const auto& session : std::set(sessions_)) session->drain("the hub stops", 1000);
  while (poll(), commit()) {
  }
  check_clock();
  poll();
}

void Process::stop() {
  if (std::exchange(ended_, true)) return;
  end_sessions();
  for (const auto& fold : folds_) (void)fold->write_checkpoint(*log_, true);
  ground_.env.release();
  listening_.clear();
  log_->close();
  audit_log_->close();
  poll();
}

void Process::kill() {
  if (std::exchange(ended_, true)) return;
  ground_.disk->freeze();
  ground_.env.release();
  listening_.clear();
  log_->close();
  audit_log_->close();
}

// --- sessions ------------------------------------------------------------------------------------

void Process::connect(std::shared_ptr<Line> line, const std::string& audience) {
  auto end = std::make_unique<HubEnd>(context_.get_executor(), std::move(line));
  session::Arrival arrival;
  arrival.address = "192.0.2.1";
  arrival.is_local = true;
  arrival.certificate = access::CertificateCredential{{audience}, Instant::max()};
  auto session = std::make_shared<session::Session>(*services_, *shared_, std::move(end), arrival,
                                                    "s" + std::to_string(++names_));
  sessions_.insert(session);
  asio::co_spawn(context_.get_executor(), session->run(),
                 [this, session](const std::exception_ptr& failure) {
                   failed_ = failed_ || failure;
                   sessions_.erase(session);
                 });
}

void Process::poll() {
  context_.restart();
  context_.poll();
}

void Process::check_clock() {
  for (const auto& session : std::set(sessions_)) session->check_clock();
  shared_->flush();
}

void Process::listen(pipeline::Channel& channel) {
  const auto posted = std::make_shared<bool>(false);
  listening_.push_back(channel.feed.listen([this, &channel, posted] {
    if (std::exchange(*posted, true)) return;
    asio::post(context_, [this, &channel, posted] {
      *posted = false;
      notice(channel);
    });
  }));
}

void Process::notice(const pipeline::Channel& channel) {
  for (const auto& session : std::set(sessions_)) {
    if (session->channel() == &channel) session->notice();
  }
}

// --- the log -------------------------------------------------------------------------------------

bool Process::commit() {
  const bool committed = steps_.commit();
  if (committed) run_background();
  return committed;
}

bool Process::commit_audit() {
  const bool committed = audit_steps_.commit();
  if (committed) run_background();
  return committed;
}

bool Process::index() {
  const bool indexed = steps_.index();
  if (indexed) run_background();
  return indexed;
}

void Process::keep_house() {
  steps_.keep_house();
  audit_steps_.keep_house();
}

bool Process::run_background() { return ground_.env.run_background(); }

bool Process::rewrite() {
  if (is_epoch_asked()) return false;
  while (index()) {
  }
  auto next = steps_.rewrite();
  const bool worked = next.has_value();
  for (int waits = 0; next && next->count() > 0; ++waits) {
    require(waits < kWaitsMax, "a compaction ends, and the indexes follow", "not within seconds");
    ground_.env.wait();
    next = steps_.rewrite();
  }
  run_background();
  if (std::exchange(altered_, false)) {
    altering_ = false;
    (void)reload(settings_, true);
  }
  return worked;
}

model::Offset Process::read_to(const pipeline::Channel& channel) const {
  const auto fold =
      std::ranges::find_if(folds_, [&](const auto& of) { return &of->channel() == &channel; });
  return (*fold)->read_to();
}

bool Process::is_epoch_asked() const {
  return std::ranges::any_of(folds_, [](const auto& fold) { return fold->is_asked(); });
}

void Process::erase(const std::string& source, const std::string& record,
                    const storage::EventLog::ErasedCallback& erased) {
  altering_ = true;
  pipeline::erase_record(*log_, source, record, "the simulation",
                         [this, erased](const Result<storage::Erased>& result) {
                           altered_ = true;
                           erased(result);
                         });
}

std::optional<Instant> Process::retain(
    const storage::Retention& retention,
    std::function<void(Instant now, const Result<storage::RetentionPass>&)> reduced) {
  if (std::exchange(retaining_, true)) return std::nullopt;
  write_checkpoints();
  std::vector<const pipeline::Picture*> pictures;
  model::Offset clean_below = log_->durable().end;
  for (const auto& fold : folds_) {
    pictures.push_back(&fold->fold().picture());
    clean_below = std::min(clean_below, fold->channel().epoch.get()->clean_below);
  }
  const Instant now = pictures.back()->as_of();
  log_->reduce_before(
      retention, now, clean_below, pipeline::make_skeletons(pictures),
      [this, now, reduced = std::move(reduced)](const Result<storage::RetentionPass>& pass) {
        retaining_ = false;
        reduced(now, pass);
      });
  return now;
}

void Process::say(std::string payload) { log_->append_hub_event(std::move(payload), {}); }

// --- what is shown -------------------------------------------------------------------------------

bool Process::seal() {
  if (asked_) return false;
  const model::Version version = ground_.tick.at_or_before(log_->recorded_now());
  asked_ = version;
  log_->seal(ground_.tick.instant_of(version),
             [this, version](const Result<storage::DurableState>& sealed) {
               asked_.reset();
               if (!sealed) {
                 failed_ = true;
                 return;
               }
               sealed_ = version;
               if (!ended_) ground_.sealed(version, *sealed);
             });
  return true;
}

bool Process::fold() {
  if (!sealed_) return false;
  const model::Version version = *std::exchange(sealed_, std::nullopt);
  for (const auto& fold : folds_) {
    const auto changed = fold->change_epoch(version);
    if (!changed) {
      failed_ = true;
      return true;
    }
    if (*changed) (void)fold->write_checkpoint(*log_, true);
    if (!fold->fold_up_to(version)) failed_ = true;
  }
  return true;
}

void Process::write_checkpoints() {
  for (const auto& fold : folds_) {
    if (!fold->write_checkpoint(*log_, true)) failed_ = true;
  }
}

bool Process::reload(const pipeline::PictureSettings& settings, bool prepared) {
  if (altering_) return false;
  settings_ = settings;
  std::vector<std::shared_ptr<const pipeline::Epoch>> current;
  for (const auto& channel : channels_->all()) current.push_back(channel->epoch.get());
  auto next = run_blocking([&]() -> Result<std::vector<pipeline::NextEpoch>> {
    if (prepared) {
      return pipeline::prepare_epochs(*log_, current, settings, ground_.tick, [] { return true; });
    }
    auto epochs = pipeline::begin_epochs(*log_, settings, ground_.tick);
    if (!epochs) return epochs.error();
    std::vector<pipeline::NextEpoch> unprepared;
    for (pipeline::Epoch& epoch : *epochs) unprepared.push_back({std::move(epoch), std::nullopt});
    return unprepared;
  });
  if (!next) return false;
  for (pipeline::NextEpoch& one : *next) {
    const auto fold = std::ranges::find_if(
        folds_, [&](const auto& of) { return of->channel().audience == one.epoch.audience(); });
    if (fold != folds_.end()) (*fold)->request(std::move(one));
  }
  return true;
}

}  // namespace commonwatch::sim
