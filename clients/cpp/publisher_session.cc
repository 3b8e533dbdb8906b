#include "clients/cpp/publisher_session.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

}  // namespace

PublisherSession::PublisherSession(PublisherOptions options, PublisherListener listener,
                                   std::unique_ptr<Spool> spool)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      spool_(std::move(spool)),
      backoff_(std::random_device{}()),
      reached_at_(Clock::now()) {
  counts_.resumed = spool_->next_index() - 1 - spool_->acknowledged_index();
  counts_.pending = counts_.resumed;
}

void PublisherSession::run() {
  asio::co_spawn(
      network_, [this] { return converse(); }, asio::detached);
  network_.run();
  disk_.join();
}

Result<void> PublisherSession::append(const v1::Event& event, std::string_view origin,
                                      const Mark& mark) {
  const std::string payload = event.SerializeAsString();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ || stopping_ || spool_->has_room(); });
    if (ended_) return *ended_;
    if (stopping_) return make_fault(FaultKind::kStopped, "stopped");
    auto appended = spool_->append(payload, origin, mark);
    if (!appended) return appended.error();
    ++counts_.appended;
    ++counts_.pending;
  }
  wake_from_outside();
  return {};
}

Result<void> PublisherSession::drain(std::optional<std::chrono::milliseconds> timeout) {
  draining_ = true;
  wake_from_outside();
  const auto settled = [this] { return ended_ || stopping_ || counts_.pending == 0; };
  std::unique_lock lock(mutex_);
  bool in_time = true;
  if (timeout) {
    in_time = changed_.wait_for(lock, *timeout, settled);
  } else {
    changed_.wait(lock, settled);
  }
  draining_ = false;
  if (counts_.pending == 0) return {};
  if (ended_) return *ended_;
  if (!in_time) {
    return make_retryable(FaultKind::kUnreachable,
                          "not acknowledged in time; the events stay in the spool");
  }
  return make_fault(FaultKind::kStopped, "stopped");
}

void PublisherSession::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  asio::post(network_, [this] {
    // Without a connection there is only a connection attempt or a pause to abandon.
    if (!connection_) network_.stop();
    if (connection_) connection_->abort();
    wake();
  });
}

PublisherCounts PublisherSession::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool PublisherSession::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_.has_value();
}

void PublisherSession::count_pending() {
  {
    const std::lock_guard lock(mutex_);
    counts_.pending = spool_->next_index() - 1 - spool_->acknowledged_index();
  }
  changed_.notify_all();
}

void PublisherSession::report_link(LinkStatus status) {
  if (listener_.on_link) listener_.on_link(status);
}

void PublisherSession::end(Fault fault) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = std::move(fault);
  }
  changed_.notify_all();
}

// Until stopped, or until something happens that trying again does not mend.
PublisherSession::Task<void> PublisherSession::converse() {
  while (!stopping_) {
    LinkStatus connecting{LinkState::kConnecting, options_.connect.endpoint.url(), {}};
    report_link(connecting);
    Fault fault;
    auto opened = co_await Connection::open(options_.connect);
    if (opened) {
      connection_ = *opened;
      if (stopping_) connection_->abort();
      fault = co_await publish_over(*opened);
      connection_->abort();
      connection_.reset();
    } else {
      fault = opened.error();
    }
    if (stopping_) break;
    const bool go_on = co_await pause_before_retry(fault);
    if (!go_on) break;
  }
  wake();
}

PublisherSession::Task<bool> PublisherSession::pause_before_retry(const Fault& fault) {
  const bool too_late =
      options_.retry_max.count() > 0 && Clock::now() - reached_at_ >= options_.retry_max;
  if (ended()) co_return false;
  if (!fault.retryable || too_late) {
    end(fault);
    co_return false;
  }
  auto pause = backoff_.next_at_least(std::max(fault.retry_after, asked_pause_));
  if (options_.retry_max.count() > 0) pause = std::min(pause, options_.retry_max);
  asked_pause_ = {};
  LinkStatus waiting{LinkState::kWaiting, fault.message, pause};
  report_link(waiting);
  retry_.expires_after(pause);
  static_cast<void>(co_await retry_.async_wait(kToken));
  co_return !stopping_;
}

// One connection's life, from its welcome on.
PublisherSession::Task<Fault> PublisherSession::publish_over(
    const std::shared_ptr<Connection>& connection) {
  const auto& limits = connection->welcome().limits();
  frame_bytes_max_ = std::max(limits.frame_bytes_max(), 64U << 10U);
  batch_events_max_ = options_.batch_events_max;
  if (limits.batch_events_max() > 0) {
    batch_events_max_ = std::min(batch_events_max_, limits.batch_events_max());
  }
  auto opened = co_await open_source(*connection);
  if (!opened) co_return opened.error();
  const auto opened_at = Clock::now();
  LinkStatus open{LinkState::kOpen, connection->welcome().hub(), {}};
  report_link(open);

  link_open_ = true;
  in_flight_.clear();
  held_until_ = {};
  bool sender_ended = false;
  asio::steady_timer sender_end(network_, Clock::time_point::max());
  asio::co_spawn(
      network_, [this, connection] { return send_events(*connection); },
      [&sender_ended, &sender_end](const std::exception_ptr&) {
        sender_ended = true;
        sender_end.cancel();
      });
  const Fault fault = co_await read_answers(*connection);
  link_open_ = false;
  connection->abort();
  wake();
  while (!sender_ended) static_cast<void>(co_await sender_end.async_wait(kToken));
  // A hub that takes the connection and then breaks it off, again and again, was not reached.
  const auto now = Clock::now();
  const bool lasted = now - opened_at > kBackoffMax;
  if (lasted) backoff_.reset();
  if (lasted || counts().pending == 0) reached_at_ = now;
  co_return fault;
}

// Sends open_source until the hub answers source_opened. LOG_REGRESSED is answered by asking again
// from nothing: then it says what it has.
PublisherSession::Task<Result<void>> PublisherSession::open_source(Connection& connection) {
  forget_acknowledged_ = false;
  for (int attempt = 0; attempt < 2; ++attempt) {
    v1::ClientMessage message;
    message.mutable_open_source()->set_source(options_.source);
    message.mutable_open_source()->set_acknowledged_sequence(
        forget_acknowledged_ ? 0 : acknowledged_sequence());
    connection.send(message);
    for (;;) {
      auto answer = co_await connection.read();
      if (!answer) co_return answer.error();
      const auto& said = answer->message;
      if (said.has_source_opened() && said.source_opened().source() == options_.source) {
        auto lost = reconcile(said.source_opened().last_sequence());
        if (lost) co_return *lost;
        credit_sequence_ = said.source_opened().credit();
        co_return Result<void>();
      }
      if (said.has_going_away()) {
        asked_pause_ = std::chrono::milliseconds(said.going_away().reconnect_after_ms());
      }
      if (!said.has_error()) continue;
      if (said.error().code() != v1::ERROR_CODE_LOG_REGRESSED) co_return fault_of(said.error());
      forget_acknowledged_ = true;
      break;
    }
  }
  co_return make_fault(FaultKind::kPositionLost,
                       "the hub says LOG_REGRESSED and does not say what it has");
}

PublisherSession::Task<Fault> PublisherSession::read_answers(Connection& connection) {
  for (;;) {
    auto answer = co_await connection.read();
    if (!answer) co_return answer.error();
    const auto& said = answer->message;
    std::optional<Fault> fault;
    if (said.has_published()) fault = accept(said.published());
    if (said.has_error()) fault = accept(said.error());
    if (said.has_going_away()) {
      asked_pause_ = std::chrono::milliseconds(said.going_away().reconnect_after_ms());
      held_until_ = Clock::time_point::max();  // what is in flight may still be acknowledged
    }
    if (fault) co_return *fault;
    wake();
  }
}

}  // namespace commonwatch::client
