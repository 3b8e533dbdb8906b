#include "clients/cpp/replayer.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kReplay = 1;

}  // namespace

Replayer::Replayer(ReplayerOptions options, ReplayerListener listener)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      backoff_(std::random_device{}()),
      request_(options_.request),
      reached_at_(Clock::now()) {
  request_.set_replay(kReplay);
}

Result<ReplaySummary> Replayer::run() {
  Result<void> ended = make_fault(FaultKind::kStopped, "stopped");
  asio::co_spawn(network_, converse(),
                 [this, &ended](const std::exception_ptr& exception, Result<void> result) {
                   network_.stop();
                   if (exception) std::rethrow_exception(exception);
                   ended = std::move(result);
                 });
  network_.run();
  if (!ended) return ended.error();
  return summary_;
}

void Replayer::stop() {
  stopping_ = true;
  asio::post(network_, [this] { network_.stop(); });
}

void Replayer::control(v1::ReplayControl control) {
  asio::post(network_, [this, control = std::move(control)]() mutable {
    if (!connection_) return;
    control.set_replay(kReplay);
    sought_ = sought_ || control.has_seek_recorded();
    v1::ClientMessage message;
    *message.mutable_replay_control() = control;
    connection_->send(message);
  });
}

// A replay of events goes on behind its last page; one of hotspots only if nothing came yet.
bool Replayer::can_continue() const {
  return request_.mode() == v1::REPLAY_MODE_EVENTS || !anything_came_;
}

awaitable<Result<void>> Replayer::converse() {
  for (;;) {
    LinkStatus connecting{LinkState::kConnecting, options_.connect.endpoint.url(), {}};
    if (listener_.on_link) listener_.on_link(connecting);
    Result<void> ended;
    auto opened = co_await Connection::open(options_.connect);
    if (opened) {
      connection_ = *opened;
      ended = co_await receive(*opened);
      connection_.reset();
      (*opened)->abort();
      if (anything_came_) reached_at_ = Clock::now();
    } else {
      ended = opened.error();
    }
    if (ended) co_return ended;
    const auto& fault = ended.error();
    // Who never got an answer wants to know soon; who was cut off wants to go on.
    const auto patience = anything_came_ ? options_.retry_max : options_.connect.timeout;
    const bool too_late = patience.count() > 0 && Clock::now() - reached_at_ >= patience;
    if (!fault.retryable || too_late || !can_continue()) co_return ended;
    if (anything_came_) ++summary_.breaks;
    auto pause = backoff_.next_at_least(fault.retry_after);
    if (patience.count() > 0) pause = std::min(pause, patience);
    LinkStatus waiting{LinkState::kWaiting, fault.message, pause};
    if (listener_.on_link) listener_.on_link(waiting);
    retry_.expires_after(pause);
    static_cast<void>(co_await retry_.async_wait(kToken));
  }
}

awaitable<Result<void>> Replayer::receive(const std::shared_ptr<Connection>& connection) {
  LinkStatus open{LinkState::kOpen, connection->welcome().hub(), {}};
  if (listener_.on_link) listener_.on_link(open);
  v1::ClientMessage message;
  *message.mutable_replay() = request_;
  checksum_.reset();
  connection->send(message);
  for (;;) {
    auto received = co_await connection->read();
    if (!received) co_return received.error();
    auto over = accept(*received);
    if (!over) co_return over.error();
    if (*over) co_return Result<void>();
  }
}

// True at the end of the replay.
Result<bool> Replayer::accept(const ReceivedMessage& received) {
  const auto& said = received.message;
  if (said.has_error()) return fault_of(said.error());
  if (said.replay() != kReplay) return false;
  if (said.has_snapshot()) checksum_.reset();  // the beginning, or behind a seek
  const auto before = checksum_.count();
  checksum_.add_frame(received.frame);
  summary_.received += checksum_.count() - before;
  if (said.has_replay_page() && !said.replay_page().cursor().empty()) {
    request_.set_from_cursor(said.replay_page().cursor());
    backoff_.reset();
  }
  anything_came_ = true;
  if (listener_.on_message) listener_.on_message(received);
  if (!said.has_replay_end()) return false;
  if (auto verified = verify(said.replay_end()); !verified) return verified.error();
  return true;
}

Result<void> Replayer::verify(const v1::ReplayEnd& end) {
  summary_.end = end;
  if (end.reason() == v1::REPLAY_END_REASON_NO_RIGHT) {
    return make_fault(FaultKind::kNoRight, "the replay ended: no right to what it would show");
  }
  if (end.reason() == v1::REPLAY_END_REASON_GONE_BY_RETENTION) {
    return make_fault(FaultKind::kPositionLost,
                      "the replay ended: what it asks for was removed by retention");
  }
  if (end.reason() == v1::REPLAY_END_REASON_FAILED) {
    return make_fault(FaultKind::kFailed, "the hub failed while it replayed; see its log");
  }
  const bool unknowable = sought_ && request_.mode() == v1::REPLAY_MODE_EVENTS;
  if (unknowable) return {};
  if (end.count() != checksum_.count() || end.checksum() != checksum_.value()) {
    return make_fault(FaultKind::kFailed,
                      "the replay is not complete: the hub says " + std::to_string(end.count()) +
                          " with checksum " + std::to_string(end.checksum()) + ", received were " +
                          std::to_string(checksum_.count()) + " with checksum " +
                          std::to_string(checksum_.value()));
  }
  summary_.verified = true;
  return {};
}

}  // namespace commonwatch::client
