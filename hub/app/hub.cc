#include "hub/app/hub.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "hub/app/audit_watch.h"
#include "hub/app/command.h"
#include "hub/app/offline.h"
#include "hub/app/open_logs.h"
#include "hub/app/room_settings.h"
#include "hub/app/running_hub.h"
#include "hub/app/token_file.h"
#include "hub/app/vital_signs.h"
#include "hub/delivery/pagers.h"
#include "hub/pipeline/aggregation.h"
#include "hub/pipeline/configuration.h"
#include "hub/server/operator_socket.h"
#include "hub/session/live_limits.h"
#include "hub/session/shard.h"
#include "hub/telemetry/log.h"

namespace commonwatch::app {
namespace {

using telemetry::log_error;
using telemetry::log_info;
using telemetry::log_warning;

// How long sessions may take to end after they were asked to.
constexpr auto kDrainMax = std::chrono::seconds(10);
// Over which clients are asked to spread their return.
constexpr auto kReturnSpread = std::chrono::seconds(5);
constexpr std::size_t kReplayThreads = 2;
constexpr std::size_t kFileThreads = 2;
constexpr auto kSaveUsesEvery = std::chrono::minutes(1);

}  // namespace

class Hub::Impl {
 public:
  Impl(ConfigurationSource source, Configuration configuration);
  int run();

 private:
  // As it is in force.
  std::shared_ptr<const Configuration> configuration() const;
  // Any thread but the I/O threads: reads the log when the hotspots are computed anew.
  Result<ReloadReport> reload(const std::string& by);
  ReloadReport apply(ReloadPlan plan);
  void alter(const std::function<void()>& erase);
  // New connections get the files as they are now. Throws Failure: nothing was changed.
  void reload_tls(const Configuration& effective);
  // To whom it changes anything, shows the log folded anew. Throws Failure.
  void begin_epochs(const Configuration& effective);
  server::OperatorReply answer(const server::OperatorRequest& request,
                               server::OperatorOutput& output);
  void wait_for_hangup();
  void announce() const;
  void wait_for_signal(boost::asio::signal_set& signals);
  void watch();
  void watch_tokens();
  void drain();

  const ConfigurationSource source_;
  const Configuration configuration_;  // as it was at the start
  mutable std::mutex configuration_mutex_;
  std::shared_ptr<const Configuration> in_force_;
  std::mutex epochs_mutex_;  // held by a reload, and by an erasure until its epochs have begun
  std::mutex backups_mutex_;
  boost::asio::io_context context_{1};
  // From here on a reload that is asked for waits until the hub has started.
  boost::asio::signal_set hangups_{context_, SIGHUP};
  session::LiveLimits limits_;
  SystemClock clock_;
  telemetry::Metrics metrics_;
  std::unique_ptr<server::Tls> tls_;
  std::unique_ptr<storage::EventLog> log_;
  std::unique_ptr<storage::AuditLog> audit_log_;
  pipeline::AuditTrail audit_;
  AuditWatch audit_watch_;
  pipeline::Channels channels_;
  pipeline::Ingest ingest_;
  pipeline::Decisions decisions_;
  delivery::Pagers pagers_;
  pipeline::Aggregation aggregation_;
  DiskTokenFile token_file_;
  access::Identity identity_;
  Duration save_uses_at_{0};
  pipeline::ReplaySources replay_sources_;
  session::Services services_;
  VitalSigns vital_signs_;
  std::vector<std::unique_ptr<session::Shard>> shards_;
  std::vector<std::unique_ptr<server::Listener>> listeners_;
  // What still waits in them goes back to its shard when they end.
  boost::asio::thread_pool replay_pool_{kReplayThreads};
  boost::asio::thread_pool file_pool_{kFileThreads};
  RunningHub running_;
  boost::asio::thread_pool hangup_pool_{1};
  std::unique_ptr<server::OperatorSocket> operator_socket_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
};

Hub::Impl::Impl(ConfigurationSource source, Configuration configuration)
    : source_(std::move(source)),
      configuration_(std::move(configuration)),
      in_force_(std::make_shared<const Configuration>(configuration_)),
      limits_(configuration_.limits),
      tls_(configuration_.tls_certificate.empty()
               ? nullptr
               : std::make_unique<server::Tls>(tls_files(configuration_))),
      log_(open_event_log(configuration_, clock_)),
      audit_log_(open_audit_log(configuration_, false)),
      audit_(*audit_log_, clock_, configuration_.limits),
      audit_watch_(*audit_log_, audit_, *log_, clock_),
      channels_(open_epochs(*log_, configuration_), ring_limits(configuration_), make_frames()),
      ingest_(*log_, clock_, configuration_.limits, metrics_),
      decisions_(*log_, channels_),
      pagers_(picture_settings(configuration_).audiences(), configuration_.paging, *log_, clock_,
              metrics_, [this](const model::Paging& step) { audit_page(audit_, step); }),
      aggregation_(*log_, channels_, tick_of(configuration_), clock_, configuration_.limits,
                   metrics_,
                   [this](const Error& error) {
                     log_error("pipeline", error.message);
                     failed_ = true;
                   }),
      token_file_(configuration_.data),
      identity_(configuration_.accounts, configuration_.origins, token_file_,
                configuration_.limits),
      replay_sources_{*log_, channels_, tick_of(configuration_), configuration_.limits},
      services_{
          clock_,
          limits_,
          identity_,
          ingest_,
          channels_,
          replay_sources_,
          replay_pool_,
          file_pool_,
          metrics_,
          [this] { return !stopping_ && !failed_ && aggregation_.is_ready(); },
          decisions_,
          audit_,
      },
      vital_signs_(configuration_.data, *log_, channels_, aggregation_, clock_, metrics_,
                   services_.is_ready),
      running_{services_,
               shards_,
               aggregation_,
               [this](const std::string& by) { return reload(by); },
               [this](const std::function<void()>& erase) { alter(erase); },
               backups_mutex_} {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned threads = configuration_.threads != 0 ? configuration_.threads : cores;
  for (unsigned i = 0; i < threads; ++i) {
    shards_.push_back(std::make_unique<session::Shard>(services_));
  }
  const server::StaticRoots roots = static_roots(configuration_);
  for (const server::ListenAddress& address : configuration_.listen) {
    listeners_.push_back(
        std::make_unique<server::Listener>(address, tls_.get(), shards_, services_, roots));
  }
  aggregation_.set_alerts_listener(
      {[this](const auto& audience, auto alerts, alert::Ledger ledger, model::Offset next) {
         pagers_.begin(audience, std::move(alerts), std::move(ledger), next);
       },
       [this](const auto& audience, auto alerts) { pagers_.notice(audience, std::move(alerts)); }});
  log_->set_durable_listener([this](storage::DurableState) { aggregation_.wake(); });
  metrics_.on_scrape([this] { vital_signs_.refresh(); });
  operator_socket_ = std::make_unique<server::OperatorSocket>(
      configuration_.data,
      [this](const auto& request, auto& output) { return answer(request, output); });
}

void Hub::Impl::announce() const {
  std::string addresses;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    server::ListenAddress address = configuration_.listen[i];
    address.port = listeners_[i]->port();
    addresses += (i == 0 ? "" : ", ") + address.text();
  }
  log_info("app", std::string(pipeline::kHubName) + " listens on " + addresses +
                      (tls_ ? " (TLS)" : "") + ", data in " + configuration_.data.string());
  const auto dashboard = static_roots(configuration_).dashboard;
  log_info("app", dashboard.empty() ? "no dashboard was built or installed with this program"
                                    : "the dashboard at / is " + dashboard.string());
  for (const std::string& warning : warnings_of(configuration_)) log_warning("app", warning);
}

int Hub::Impl::run() {
  telemetry::set_log_level(configuration_.log_level);
  audit_watch_.begin(*channels_.widest().epoch.get());
  aggregation_.set_retention(retention_of(configuration_));
  aggregation_.start();
  for (const auto& shard : shards_) shard->start();
  for (const auto& listener : listeners_) listener->start();
  announce();
  boost::asio::signal_set signals(context_, SIGTERM, SIGINT);
  wait_for_signal(signals);
  wait_for_hangup();
  while (!stopping_ && !failed_) {
    context_.run_for(std::chrono::seconds(1));
    watch();
  }
  // From here a second signal ends the process at once. The first one stopped the context: a thread
  // that ran it before it is restarted would end at once.
  context_.restart();
  std::thread second([this] { context_.run(); });
  drain();
  signals.cancel();
  context_.stop();
  second.join();
  log_info("app", failed_ ? "ended after a failure" : "ended");
  // RocksDB aborts in closing a file that it failed to write; what is durable needs no closing.
  if (failed_) std::_Exit(1);
  return 0;
}

void Hub::Impl::wait_for_signal(boost::asio::signal_set& signals) {
  signals.async_wait([this, &signals](const boost::system::error_code& error, int) {
    if (error) return;
    if (stopping_.exchange(true)) {
      log_warning("app", "second signal: ending at once");
      std::_Exit(1);
    }
    log_info("app", "signal: draining; a second one ends at once");
    context_.stop();
    wait_for_signal(signals);
  });
}

// A command beside the hub writes the same file; days of last use are written down from here, so
// that no request waits for the disk.
void Hub::Impl::watch_tokens() {
  if (token_file_.has_changed()) {
    if (auto loaded = identity_.tokens.load(); !loaded) {
      log_error("app", loaded.error().message + "; the tokens that were read before still hold");
    }
  }
  if (clock_.boot() < save_uses_at_) return;
  save_uses_at_ = clock_.boot() + kSaveUsesEvery;
  if (auto saved = identity_.tokens.save_uses(); !saved) log_error("app", saved.error().message);
}

void Hub::Impl::wait_for_hangup() {
  hangups_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    // What went wrong stands in the log.
    boost::asio::post(hangup_pool_, [this] { (void)reload("SIGHUP"); });
    wait_for_hangup();
  });
}

void Hub::Impl::watch() {
  if (!audit_watch_.watch(*channels_.widest().epoch.get(), configuration()->retention.audit_days)) failed_ = true;
  watch_tokens();
  if (log_->failed()) {
    log_error("storage", "the log failed: nothing more is acknowledged; restart the hub");
    failed_ = true;
  }
  vital_signs_.watch_clock();
}

void Hub::Impl::drain() {
  for (const auto& listener : listeners_) listener->stop();
  operator_socket_->refuse_new();
  log_->end_rewriting();
  for (const auto& shard : shards_) {
    shard->drain("the hub stops",
                 std::chrono::duration_cast<std::chrono::milliseconds>(kReturnSpread));
  }
  const auto sessions = [this] {
    std::size_t count = 0;
    for (const auto& shard : shards_) count += shard->sessions();
    return count;
  };
  const Duration until = clock_.boot() + kDrainMax;
  while (sessions() != 0 && clock_.boot() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (const auto left = sessions(); left != 0) {
    log_warning("app", std::to_string(left) + " sessions did not end in time and are cut");
  }
  operator_socket_->stop();
  for (boost::asio::thread_pool* pool : {&hangup_pool_, &replay_pool_, &file_pool_}) {
    pool->stop();
    pool->join();
  }
  for (const auto& shard : shards_) shard->stop();
  aggregation_.stop();
  pagers_.stop();
  log_->close();
  audit_watch_.end();
  audit_log_->close();
}

std::shared_ptr<const Configuration> Hub::Impl::configuration() const {
  const std::lock_guard lock(configuration_mutex_);
  return in_force_;
}

server::OperatorReply Hub::Impl::answer(const server::OperatorRequest& request,
                                        server::OperatorOutput& output) {
  OperatorContext context{configuration(), clock_,    log_.get(),
                          audit_log_.get(), &running_, account_name(request.uid)};
  server::OperatorReply reply = run_command(request.command, request.arguments, context, output);
  // What reads the audit log records itself, with what was read.
  if (find_command(request.command) && request.command != "audit show" &&
      request.command != "audit export" && request.command != "explain-access") {
    record(context, model::AuditKind::kOperation, request.command, {});
  }
  return reply;
}

Result<ReloadReport> Hub::Impl::reload(const std::string& by) {
  const std::lock_guard lock(epochs_mutex_);
  try {
    if (source_.file.empty()) {
      throw Failure(make_error(ErrorCode::kInvalidRequest,
                               "the hub was started without a file, so that there is nothing to "
                               "read again; start it with --config"));
    }
    const ReloadReport report = apply(plan_reload(*configuration(), source_.read()));
    pipeline::AuditActor actor;
    actor.principal = by;
    audit_.record(actor, model::AuditKind::kConfiguration, "reload");
    for (const std::string& name : report.needs_restart) {
      log_warning("app", "reload: " + name + " is in force from the next start on");
    }
    for (const std::string& warning : warnings_of(*configuration())) log_warning("app", warning);
    log_info("app", "reload, asked for by " + by + ": " + std::to_string(report.applied.size()) +
                        " applied, " + std::to_string(report.needs_restart.size()) +
                        " need a restart");
    return report;
  } catch (const std::exception& failure) {
    log_error("app", "reload, asked for by " + by + ": nothing was changed: " + failure.what());
    return make_error(ErrorCode::kInvalidRequest, failure.what());
  }
}

// No other epoch may begin meanwhile: it would rest on what goes, and be taken for one that does
// not.
void Hub::Impl::alter(const std::function<void()>& erase) {
  const std::lock_guard lock(epochs_mutex_);
  erase();
  begin_epochs(*configuration());
}

// What may fail comes first.
void Hub::Impl::reload_tls(const Configuration& effective) {
  if ((tls_ == nullptr) != effective.tls_certificate.empty()) {
    throw Failure(make_error(ErrorCode::kInvalidRequest,
                             "TLS is turned on or off with the next start only; restart the hub"));
  }
  if (!tls_) return;
  if (auto reloaded = tls_->reload(tls_files(effective)); !reloaded) {
    throw Failure(reloaded.error());
  }
}

ReloadReport Hub::Impl::apply(ReloadPlan plan) {
  // First what may fail.
  const auto change_pages = pagers_.prepare(plan.effective.paging);
  reload_tls(plan.effective);
  if (plan.report.new_epoch) begin_epochs(plan.effective);
  change_pages();
  identity_.directory.set_accounts(plan.effective.accounts);
  identity_.set_origins(plan.effective.origins);
  limits_.replace(plan.effective.limits);
  aggregation_.set_retention(retention_of(plan.effective));
  telemetry::set_log_level(plan.effective.log_level);
  auto next = std::make_shared<const Configuration>(std::move(plan.effective));
  const std::lock_guard lock(configuration_mutex_);
  in_force_ = std::move(next);
  return std::move(plan.report);
}

void Hub::Impl::begin_epochs(const Configuration& effective) {
  std::vector<std::shared_ptr<const pipeline::Epoch>> current;
  for (const auto& channel : channels_.all()) current.push_back(channel->epoch.get());
  auto epochs = pipeline::prepare_epochs(*log_, current, picture_settings(effective),
                                         tick_of(configuration_),
                                         [this] { return !stopping_ && !failed_; });
  if (!epochs) throw Failure(epochs.error());
  aggregation_.begin_epochs(*std::move(epochs));
}

Hub::Hub(ConfigurationSource source, Configuration configuration)
    : impl_(std::make_unique<Impl>(std::move(source), std::move(configuration))) {}
Hub::~Hub() = default;
int Hub::run() { return impl_->run(); }

}  // namespace commonwatch::app
