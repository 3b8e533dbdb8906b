#include "clients/cpp/subscriber.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kSubscription = 1;

LinkStatus opened(const v1::Welcome& welcome) {
  LinkStatus open{LinkState::kOpen, welcome.hub()};
  open.heartbeat = std::chrono::milliseconds(welcome.heartbeat_ms());
  const std::chrono::sys_time hub_time(std::chrono::seconds(welcome.hub_time().seconds()));
  open.hub_ahead = std::chrono::duration_cast<std::chrono::milliseconds>(
      hub_time - std::chrono::system_clock::now());
  return open;
}

}  // namespace

Subscriber::Subscriber(SubscriberOptions options, SubscriberListener listener)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      backoff_(std::random_device{}()),
      reached_at_(Clock::now()) {
  if (options_.resume) state_.resume_from(*options_.resume);
}

Fault Subscriber::run() {
  ended_ = make_fault(FaultKind::kStopped, "stopped");
  asio::co_spawn(network_, converse(), [this](const std::exception_ptr& exception) {
    network_.stop();
    if (exception) std::rethrow_exception(exception);
  });
  network_.run();
  return ended_;
}

void Subscriber::stop() {
  stopping_ = true;
  asio::post(network_, [this] { network_.stop(); });
}

void Subscriber::call_after(std::chrono::milliseconds delay, std::function<void()> call) {
  auto timer = std::make_shared<asio::steady_timer>(network_, delay);
  timer->async_wait([timer, call = std::move(call)](boost::system::error_code error) {
    if (!error) call();
  });
}

awaitable<void> Subscriber::converse() {
  while (!stopping_) {
    LinkStatus connecting{LinkState::kConnecting, options_.connect.endpoint.url(), {}};
    if (listener_.on_link) listener_.on_link(connecting);
    Fault fault;
    auto opened = co_await Connection::open(options_.connect);
    if (opened) {
      fault = co_await follow(*opened);
      (*opened)->abort();
      reached_at_ = Clock::now();
    } else {
      fault = opened.error();
    }
    const bool too_late =
        options_.retry_max.count() > 0 && Clock::now() - reached_at_ >= options_.retry_max;
    if (!fault.retryable || too_late) {
      ended_ = fault;
      co_return;
    }
    const auto pause = backoff_.next_at_least(std::max(fault.retry_after, asked_pause_));
    asked_pause_ = {};
    LinkStatus waiting{LinkState::kWaiting, fault.message, pause};
    if (listener_.on_link) listener_.on_link(waiting);
    retry_.expires_after(pause);
    static_cast<void>(co_await retry_.async_wait(kToken));
  }
}

awaitable<Fault> Subscriber::follow(const std::shared_ptr<Connection>& connection) {
  if (listener_.on_link) listener_.on_link(opened(connection->welcome()));
  v1::ClientMessage message;
  auto& subscribe = *message.mutable_subscribe();
  subscribe.set_subscription(kSubscription);
  if (options_.area.has_bounding_box() || options_.area.has_polygon() ||
      options_.area.cells_size() > 0) {
    *subscribe.mutable_area() = options_.area;
  }
  if (state_.position()) *subscribe.mutable_resume() = *state_.position();
  connection->send(message);
  for (;;) {
    auto received = co_await connection->read();
    if (!received) co_return received.error();
    auto fault = accept(*received);
    if (fault) co_return *fault;
    if (stopping_) co_return make_fault(FaultKind::kStopped, "stopped");
  }
}

std::optional<Fault> Subscriber::accept(const ReceivedMessage& received) {
  const auto& said = received.message;
  if (said.replay() != 0) return std::nullopt;
  if (said.has_error()) return fault_of(said.error());
  if (said.has_going_away()) {
    asked_pause_ = std::chrono::milliseconds(said.going_away().reconnect_after_ms());
  }
  if (said.has_snapshot() && said.snapshot().resume_refused()) {
    report_gap("the hub cannot continue from the position; the whole state comes instead");
  }
  if (auto missed = state_.apply(said)) {
    state_.clear();
    report_gap("a change of tile " + std::to_string(missed->tile) + " is missing (held " +
               std::to_string(missed->held) + ", it changed at " +
               std::to_string(missed->previous) + "); asking for the whole state");
    return make_retryable(FaultKind::kUnreachable, "a delta is missing");
  }
  if (said.has_progress()) backoff_.reset();
  if (listener_.on_message) listener_.on_message(received, state_);
  return std::nullopt;
}

void Subscriber::report_gap(const std::string& reason) {
  if (listener_.on_gap) listener_.on_gap(reason);
}

}  // namespace commonwatch::client
