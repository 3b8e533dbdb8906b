// Wakes people: makes the plan (hub/alert/paging_plan.h), records in the log what is about to be
// sent, waits until that is durable, sends, and records what became of it.
//
// At least once: an intent without an outcome, after a crash or a cut, is sent again with the same
// page id and the next attempt's number. The pager alone writes paging records, so that its own
// ledger is the truth; it needs the fold's only to begin with.
//
// One thread with an io_context of its own; the functions below may be called from any thread and
// do not block, but for `stop`. What blocks a target blocks no other one, nor the fold.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "hub/alert/ledger.h"
#include "hub/alert/paging_plan.h"
#include "hub/base/clock.h"
#include "hub/delivery/settings.h"
#include "hub/delivery/transport.h"
#include "hub/model/alert.h"
#include "hub/storage/event_log.h"
#include "hub/telemetry/metrics.h"

namespace commonwatch::delivery {

using Alerts = std::shared_ptr<const std::vector<model::Alert>>;
// Told of every step as it goes into the log: for the audit log. On the pager's thread; must not
// block.
using StepListener = std::function<void(const model::Paging&)>;

class Pager {
 public:
  // Attempts under way at one time.
  static constexpr std::size_t kAttemptsMax = 16;

  // For the alerts of one audience: the targets of others are passed over. `settings` passed `check`. Throws Failure if a target cannot be set up. The log, the clock and
  // the metrics outlive the pager.
  Pager(std::string audience, const Settings& settings, storage::EventLog& log, const Clock& clock,
        telemetry::Metrics& metrics, StepListener noted = {});
  ~Pager();

  // When the fold has caught up with what was durable at the hub's start, which starts the thread;
  // and when a new engine epoch is shown, in which the alerts have other ids. `ledger` holds every
  // paging record below `next`; the pager reads the later ones from the log.
  void begin(Alerts alerts, alert::Ledger ledger, model::Offset next);
  // All alerts that live (open, or shown although they are over), in order of id, whenever one of
  // them changed. Only the newest ones count; before `begin` none do.
  void notice(Alerts alerts);
  // Sets up the targets of `settings`, which passed `check`; throws Failure if that fails. Goes
  // over to them when what it gives is called: what is under way then ends as it began.
  std::function<void()> prepare(const Settings& settings);
  // Begins nothing more, gives what is under way a few seconds, cuts the rest (which is sent again
  // after the next start), ends the thread. While the log is still open. May be called twice.
  void stop();

 private:
  struct Line {
    Target target;
    std::unique_ptr<Transport> transport;
  };
  using Lines = std::map<std::string, std::shared_ptr<const Line>>;  // by target
  struct Flight {
    model::Paging step;
    Message message;
    std::shared_ptr<const Line> line;  // as it was when the flight began
    boost::asio::cancellation_signal cut;
  };
  using Key = std::pair<std::string, std::string>;  // alert id, target
  struct Known {
    alert::Ledger ledger;
    model::Offset next;
  };
  struct Notice {
    Alerts alerts;
    std::optional<Known> known;  // of `begin`
  };

  // Of the settings, those for this audience.
  Settings own(Settings settings) const;
  Lines make_lines(const Settings& settings) const;

  // Of what was noticed, `change` is what is new.
  template <class Change>
  void tell(Change change);

  // On the pager's thread.
  void take_notice();
  void take(Known known);
  void read_tail(model::Offset next);
  // Into the ledger; of another engine epoch, as about the alert that it belongs to.
  void note(const model::Paging& step);
  void forget_gone();
  void replan();
  void arm(std::optional<Instant> look_again);
  void hold_back(const model::Paging& step);
  void intend(const model::Paging& step);
  void send(const Key& key);
  void conclude(const Key& key, const Outcome& outcome);
  // Whether no attempt at it, and none at another page to the target about the alert, is under way.
  bool is_free(const model::Paging& step) const;
  // The flight is over; `go_on`: with the next.
  void land(const Key& key, bool go_on);
  void end_if_done();
  void cut();
  // Calls `then(durable)` on this thread.
  template <class Then>
  void append(const model::Paging& step, Then then);

  const std::string audience_;
  storage::EventLog& log_;
  const Clock& clock_;
  telemetry::Metrics& metrics_;
  StepListener noted_;
  alert::PagingRules rules_;
  Lines lines_;

  // Shared with the log's callbacks, which may still be at it when everything has ended here.
  std::shared_ptr<boost::asio::io_context> context_ = std::make_shared<boost::asio::io_context>(1);
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::steady_timer timer_{*context_};
  boost::asio::steady_timer cut_timer_{*context_};
  Alerts alerts_;
  alert::Ledger ledger_;
  std::map<Key, Flight> flights_;  // from before the intent until behind the outcome is durable
  bool begun_ = false;
  bool stopping_ = false;
  bool cut_ = false;
  std::mutex mutex_;
  std::optional<Notice> noticed_;  // under the mutex; nothing: nothing new
  std::thread thread_;
};

}  // namespace commonwatch::delivery
