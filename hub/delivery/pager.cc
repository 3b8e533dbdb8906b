#include "hub/delivery/pager.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "hub/alert/stray.h"
#include "hub/delivery/page_body.h"
#include "hub/telemetry/log.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::delivery {
namespace {

using model::PagingPhase;
using telemetry::log_error;
using telemetry::log_info;
using telemetry::log_warning;

// The wall clock may be set while the pager waits: it looks at least so often.
constexpr Duration kLookMax = std::chrono::minutes(1);
// How long what is under way may take after `stop`.
constexpr auto kStopMax = std::chrono::seconds(3);

std::string phase_name(PagingPhase phase) {
  switch (phase) {
    case PagingPhase::kSent:
      return "sent";
    case PagingPhase::kFailed:
      return "failed";
    case PagingPhase::kGivenUp:
      return "given_up";
    case PagingPhase::kHeldBack:
      return "held_back";
    default:
      return "intended";
  }
}

const model::Alert* find_alert(const Alerts& alerts, const std::string& id) {
  const auto found = std::find_if(alerts->begin(), alerts->end(),
                                  [&](const model::Alert& alert) { return alert.id == id; });
  return found == alerts->end() ? nullptr : &*found;
}

Message make_message(const model::Alert& alert, const model::Paging& step) {
  return {alert.id, step.page_id, std::string(level_name(alert.hotspot.severity)), step.attempt,
          page_body(alert, step)};
}

asio::awaitable<Outcome> try_once(Transport& transport, const Message& message,
                                  std::chrono::seconds timeout) {
  using asio::experimental::awaitable_operators::operator||;
  asio::steady_timer timer(co_await asio::this_coro::executor, timeout);
  auto first = co_await (transport.send(message) || timer.async_wait(asio::use_awaitable));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return Outcome{false, "not done within " + std::to_string(timeout.count()) + " s"};
}

}  // namespace

Pager::Pager(std::string audience, const Settings& settings, storage::EventLog& log,
             const Clock& clock, telemetry::Metrics& metrics, StepListener noted)
    : audience_(std::move(audience)),
      log_(log),
      clock_(clock),
      metrics_(metrics),
      noted_(std::move(noted)),
      rules_(rules_of(own(settings))),
      lines_(make_lines(own(settings))) {
  work_.emplace(context_->get_executor());
}

Settings Pager::own(Settings settings) const {
  std::erase_if(settings.targets,
                [this](const Target& target) { return target.rules.audience != audience_; });
  return settings;
}

Pager::Lines Pager::make_lines(const Settings& settings) const {
  Lines lines;
  for (const Target& target : settings.targets) {
    metrics_.expect_pages(target.rules.name);
    lines[target.rules.name] =
        std::make_shared<const Line>(Line{target, make_transport(target, clock_)});
  }
  return lines;
}

std::function<void()> Pager::prepare(const Settings& settings) {
  return [this, rules = rules_of(own(settings)), lines = make_lines(own(settings))] {
    asio::post(*context_, [this, rules, lines]() mutable {
      rules_ = std::move(rules);
      lines_ = std::move(lines);
      if (begun_) replan();
    });
  };
}

Pager::~Pager() { stop(); }

void Pager::begin(Alerts alerts, alert::Ledger ledger, model::Offset next) {
  tell([&](Notice& notice) { notice = {std::move(alerts), Known{std::move(ledger), next}}; });
  if (!thread_.joinable()) thread_ = std::thread([this] { context_->run(); });
}

void Pager::notice(Alerts alerts) {
  tell([&](Notice& notice) { notice.alerts = std::move(alerts); });
}

// Alerts and what is known of them are taken together: with the ledger of another epoch everybody
// would seem not to have been told.
template <class Change>
void Pager::tell(Change change) {
  const std::lock_guard lock(mutex_);
  const bool is_posted = noticed_.has_value();
  if (!is_posted) noticed_.emplace();
  change(*noticed_);
  if (!is_posted) asio::post(*context_, [this] { take_notice(); });
}

void Pager::take_notice() {
  std::optional<Notice> newest;
  {
    const std::lock_guard lock(mutex_);
    newest.swap(noticed_);
  }
  if (!begun_ && !newest->known) return;
  alerts_ = std::move(newest->alerts);
  if (newest->known) take(*std::move(newest->known));
  forget_gone();
  replan();
}

void Pager::take(Known known) {
  ledger_ = std::move(known.ledger);
  read_tail(known.next);
  // What became of them may not be in the log yet.
  for (const auto& [key, flight] : flights_) note(flight.step);
  begun_ = true;
}

void Pager::stop() {
  if (!thread_.joinable()) return;
  asio::post(*context_, [this] {
    stopping_ = true;
    timer_.cancel();
    cut_timer_.expires_after(kStopMax);
    cut_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) cut();
    });
    end_if_done();
  });
  thread_.join();
}

void Pager::read_tail(model::Offset next) {
  while (next < log_.durable().end) {
    const auto chunk = log_.read(next);
    if (!chunk || !*chunk) {
      if (!chunk) log_error("delivery", "pages may be repeated: " + chunk.error().message);
      return;
    }
    next = (*chunk)->end();
    if ((*chunk)->source != model::SourceName::hub()) continue;
    for (const storage::Entry& entry : (*chunk)->entries) {
      const auto event = wire::decode_hub_event(entry.payload);
      if (!event) continue;
      const auto* step = std::get_if<model::Paging>(&*event);
      if (step && step->audience == audience_) note(*step);
    }
  }
}

void Pager::note(const model::Paging& step) {
  if (find_alert(alerts_, step.alert_id)) return ledger_.record(step);
  if (!step.subject) return;
  std::vector<const model::Alert*> alerts;
  for (const model::Alert& alert : *alerts_) alerts.push_back(&alert);
  const model::Alert* alert = alert::find_same(*step.subject, alerts);
  if (!alert) return;
  if (const auto about = alert::page_about(*alert, step, ledger_)) ledger_.record(*about);
}

void Pager::forget_gone() {
  std::set<std::string> living;
  for (const model::Alert& alert : *alerts_) living.insert(alert.id);
  ledger_.keep_if([&](const std::string& id) { return living.contains(id); });
}

bool Pager::is_free(const model::Paging& step) const {
  return !flights_.contains({step.alert_id, step.target}) &&
         std::ranges::none_of(flights_, [&](const auto& flight) {
           return flight.second.step.page_id == step.page_id;
         });
}

void Pager::replan() {
  if (stopping_) return;
  const alert::Plan plan = alert::plan(*alerts_, ledger_, rules_, clock_.wall());
  for (const model::Paging& step : plan.held_back) {
    if (is_free(step)) hold_back(step);
  }
  for (const model::Paging& step : plan.due) {
    if (is_free(step) && flights_.size() < kAttemptsMax) intend(step);
  }
  arm(plan.look_again);
}

void Pager::arm(std::optional<Instant> look_again) {
  timer_.cancel();
  if (!look_again) return;
  timer_.expires_after(std::clamp(*look_again - clock_.wall(), Duration(0), kLookMax));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) replan();
  });
}

template <class Then>
void Pager::append(const model::Paging& step, Then then) {
  model::Paging of_audience = step;
  of_audience.audience = audience_;
  if (noted_) noted_(of_audience);
  log_.append_hub_event(wire::encode_hub_event(of_audience),
                        [context = context_, then](const Result<storage::Published>& published) {
                          asio::post(*context,
                                     [then, durable = published.has_value()] { then(durable); });
                        });
}

void Pager::hold_back(const model::Paging& step) {
  flights_[{step.alert_id, step.target}].step = step;
  append(step, [this, step](bool durable) {
    if (durable) note(step);
    metrics_.count_page(step.target, phase_name(step.phase));
    land({step.alert_id, step.target}, durable);
  });
}

void Pager::intend(const model::Paging& step) {
  const model::Alert* alert = find_alert(alerts_, step.alert_id);
  const Key key(step.alert_id, step.target);
  Flight& flight = flights_[key];
  flight.step = step;
  flight.message = make_message(*alert, step);
  flight.line = lines_.at(step.target);
  append(step, [this, key](bool durable) {
    // A log that takes nothing ends the hub; the page is sent after the restart.
    if (!durable || stopping_) return land(key, false);
    note(flights_.at(key).step);
    send(key);
  });
}

void Pager::send(const Key& key) {
  Flight& flight = flights_.at(key);
  asio::co_spawn(
      *context_, try_once(*flight.line->transport, flight.message, flight.line->target.timeout),
      asio::bind_cancellation_slot(
          flight.cut.slot(), [this, key](const std::exception_ptr& exception, Outcome outcome) {
            if (exception) outcome = {false, "an attempt ended by itself"};
            // What was cut stays an intent: nobody knows whether it arrived.
            asio::post(*context_, [this, key, outcome = std::move(outcome)] {
              if (cut_ && !outcome.sent) return land(key, false);
              conclude(key, outcome);
            });
          }));
}

void Pager::conclude(const Key& key, const Outcome& outcome) {
  model::Paging& step = flights_.at(key).step;
  const auto line = flights_.at(key).line;
  const bool is_last = alert::is_last_attempt(line->target.rules, step.attempt);
  step.phase = outcome.sent ? PagingPhase::kSent
               : is_last    ? PagingPhase::kGivenUp
                            : PagingPhase::kFailed;
  step.at = clock_.wall();
  const std::string what =
      "page " + step.page_id + ", attempt " + std::to_string(step.attempt) + ": ";
  if (outcome.sent) {
    log_info("delivery", what + "sent");
  } else if (is_last) {
    log_error("delivery", what + "GIVEN UP, " + step.target + " was not woken: " + outcome.reason);
  } else {
    log_warning("delivery", what + "failed, to be tried again: " + outcome.reason);
  }
  metrics_.count_page(step.target, phase_name(step.phase));
  note(step);
  append(step, [this, key](bool durable) { land(key, durable); });
}

void Pager::land(const Key& key, bool go_on) {
  flights_.erase(key);
  if (stopping_) return end_if_done();
  if (go_on) replan();
}

void Pager::cut() {
  cut_ = true;
  for (auto& [key, flight] : flights_) flight.cut.emit(asio::cancellation_type::terminal);
}

void Pager::end_if_done() {
  if (!flights_.empty()) return;
  cut_timer_.cancel();
  work_.reset();
}

}  // namespace commonwatch::delivery
