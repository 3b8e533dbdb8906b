#include "hub/session/session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "hub/telemetry/log.h"

namespace commonwatch::session {
namespace {

// Who has lost his rights, and does not read that, is cut off after this.
constexpr auto kGoodbyeMax = std::chrono::seconds(1);

}  // namespace

Session::Session(Services& services, SharedSending& shared, std::unique_ptr<Connection> connection,
                 Arrival arrival, std::string name)
    : services_(services),
      connection_(std::move(connection)),
      arrival_(std::move(arrival)),
      authentication_(services),
      name_(std::move(name)),
      audit_(services.audit, name_, connection_->peer()),
      encoding_(connection_->encoding()),
      outbox_(connection_->executor()),
      shared_(shared),
      subscriber_(services.limits, services.metrics, shared, encoding_),
      since_(services.clock.wall()),
      began_(now()),
      last_sent_(began_),
      checked_(began_) {
  services_.metrics.connections.Increment();
}

Session::~Session() { services_.metrics.connections.Decrement(); }

Task<void> Session::run() {
  const auto self = shared_from_this();
  Signal written(connection_->executor());
  bool writing = true;
  boost::asio::co_spawn(
      connection_->executor(), [self]() -> Task<void> { co_await self->write_loop(); },
      [self, &written, &writing](const std::exception_ptr& failure) {
        if (failure) telemetry::log_error("session", "the writer of a session failed");
        writing = false;
        self->gone_ = true;
        self->connection_->abort();
        self->outbox_.drained().raise();
        written.raise();
      });
  try {
    if (co_await greet()) co_await read_loop();
  } catch (const std::exception& failure) {
    telemetry::log_error("session",
                         std::string("the reader of a session failed: ") + failure.what());
    connection_->abort();
  }
  // With a close code there is somebody to say goodbye to.
  if (!close_code_) gone_ = true;
  outbox_.wake().raise();
  while (writing) co_await written.wait();
  for (const auto& [number, replayer] : replayers_) replayer->abandon();
  const std::string_view left = connection_->heard().bad_frame ? "bad_frame" : "peer";
  const std::string reason(close_code_ ? wire::close_name(*close_code_) : left);
  if (publisher_) audit_.gone(reason);
  if (publisher_) publisher_->close();
  if (subscribed_) services_.metrics.subscribers.Decrement();
  services_.metrics.count_close(reason);
}

void Session::refuse(const Error& error, const wire::ErrorContext& context) {
  services_.metrics.count_error(wire::error_name(error.code));
  outbox_.push(wire::encode(error, context, encoding_));
}

void Session::end(const Error& error, wire::CloseCode code) {
  if (close_code_) return;
  if (!publisher_) audit_.refused(error);
  wire::ErrorContext context;
  context.closes = true;
  refuse(error, context);
  end(code);
}

void Session::end(wire::CloseCode code) {
  if (!close_code_) close_code_ = code;
  outbox_.wake().raise();
}

void Session::answer(const Result<void>& result, std::uint32_t subscription) {
  if (result) return;
  wire::ErrorContext context;
  context.subscription = subscription;
  refuse(result.error(), context);
}

// --- reading -----------------------------------------------------------------------------------

Task<bool> Session::greet() {
  const auto frame = co_await connection_->read(services_.limits->hello_frame_bytes_max);
  if (!frame) {
    if (frame.error().code != ErrorCode::kShuttingDown) {
      end(frame.error(), wire::CloseCode::kProtocolViolation);
    }
    co_return false;
  }
  const auto message = wire::decode_client_message(*frame, encoding_, *services_.limits);
  if (!message) {
    end(message.error(), wire::CloseCode::kProtocolViolation);
    co_return false;
  }
  const auto* hello = std::get_if<wire::Hello>(&*message);
  if (!hello) {
    end(make_error(ErrorCode::kHelloExpected, "the first message must be hello; send it first"),
        wire::CloseCode::kProtocolViolation);
    co_return false;
  }
  const auto established = authentication_.establish(arrival_, hello->token, hello->purpose);
  if (!established) {
    end_without_rights(established.error());
    co_return false;
  }
  const access::Principal& principal = authentication_.principal();
  const auto channel = services_.channels.find(principal.audience);
  if (!channel) {
    end_without_rights(channel.error());
    co_return false;
  }
  channel_ = *channel;
  epoch_ = channel_->epoch.get();
  subscriber_.set_feed(channel_->feed);
  audit_.connected(principal, principal.purpose);
  publisher_ = std::make_shared<Publisher>(services_, outbox_, connection_->executor(), encoding_,
                                           authentication_.shared_principal(),
                                           [weak = weak_from_this()](const Error& error) {
                                             if (const auto self = weak.lock())
                                               self->end(error, wire::CloseCode::kLogFailed);
                                           });
  outbox_.push(wire::encode(
      wire::Welcome{pipeline::kHubName, name_, services_.clock.wall(), principal.name,
                    principal.audience, *services_.limits, services_.replay_sources.tick.length()},
      encoding_));
  co_return true;
}

Task<void> Session::read_loop() {
  while (!close_code_) {
    // Who does not read his answers is not read from.
    while ((outbox_.is_full() || publisher_->is_full()) && !close_code_ && !gone_) {
      co_await outbox_.drained().wait();
    }
    if (close_code_) co_return;
    auto frame = co_await connection_->read(services_.limits->frame_bytes_max);
    if (close_code_) co_return;
    if (!frame) {
      if (frame.error().code == ErrorCode::kShuttingDown) co_return;
      end(frame.error(), frame.error().code == ErrorCode::kRateLimited
                             ? wire::CloseCode::kOverRate
                             : wire::CloseCode::kProtocolViolation);
      co_return;
    }
    co_await take(*frame);
    // Whoever has sent many messages at once waits for his turn behind each, like everybody.
    co_await let_others();
  }
}

Task<void> Session::let_others() {
  co_await boost::asio::post(connection_->executor(), pipeline::kAwait);
}

Task<std::optional<Result<wire::ClientMessage>>> Session::decode(const std::string& frame) {
  wire::FrameDecoding decoding(frame, encoding_, *services_.limits);
  // Decoding the events takes longest: not of a publish that is refused as a whole.
  const auto head = decoding.head();
  if (head && (!refresh_rights() || refuse_publish(*head))) co_return std::nullopt;
  while (!decoding.step()) co_await let_others();
  co_return decoding.take();
}

Task<void> Session::take(std::string& frame) {
  const double cost = cost_of_refused(frame.size());
  auto message = co_await decode(frame);
  std::string().swap(frame);
  connection_->let_go();
  if (close_code_) co_return;
  if (!message) {
    co_await pace(cost);
  } else if (*message) {
    co_await accept(**std::move(message));
  } else if (message->error().code == ErrorCode::kMalformedMessage) {
    end(message->error(), wire::CloseCode::kProtocolViolation);
  } else {
    refuse(message->error(), {});
    co_await pace(cost);
  }
}

bool Session::refuse_publish(const wire::PublishHead& head) {
  const Result<void> taken =
      draining_ ? Result<void>(make_error(ErrorCode::kShuttingDown,
                                          "the hub stops; send it again after reconnecting"))
                : publisher_->check(head);
  if (!taken) publisher_->refuse(taken.error(), head.source);
  return !taken;
}

Task<void> Session::accept(wire::ClientMessage message) {
  const double cost = cost_of(message);
  if (!std::holds_alternative<wire::Publish>(message)) co_await pace(cost);
  if (!refresh_rights() || refuse_recorded(message)) co_return;
  if (std::holds_alternative<wire::Hello>(message)) {
    end(make_error(ErrorCode::kHelloExpected, "hello came twice; it is the first message only"),
        wire::CloseCode::kProtocolViolation);
  } else if (auto* open = std::get_if<wire::OpenSource>(&message)) {
    const auto opened = co_await publisher_->open(*open);
    audit_.opened(open->source, opened);
  } else if (auto* publish = std::get_if<wire::Publish>(&message)) {
    // Its source may have been taken away, or the hub been asked to stop, while it was decoded.
    bool refused = refuse_publish({publish->source, publish->first, publish->events.size()});
    if (!refused) refused = !co_await publisher_->publish(std::move(*publish));
    if (refused) co_await pace(cost);
  } else if (const auto* subscribe = std::get_if<wire::Subscribe>(&message)) {
    accept_subscribe(*subscribe);
  } else if (const auto* update = std::get_if<wire::UpdateSubscription>(&message)) {
    const auto allowed = check_subscribe();
    const auto updated = allowed ? subscriber_.update(*update) : allowed;
    audit_.subscribed("update", update->subscription, update->area, updated);
    answer(updated, update->subscription);
    outbox_.wake().raise();
  } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&message)) {
    const auto ended = subscriber_.unsubscribe(unsubscribe->subscription);
    audit_.subscribed("unsubscribe", unsubscribe->subscription, {}, ended);
    answer(ended, unsubscribe->subscription);
  } else if (auto* replay = std::get_if<wire::ReplayRequest>(&message)) {
    accept_replay(std::move(*replay));
  } else if (const auto* control = std::get_if<wire::ReplayControl>(&message)) {
    control_replay(*control);
  } else if (const auto* alert = std::get_if<wire::AcknowledgeAlert>(&message)) {
    const auto ask = [this, alert](auto recorded) {
      services_.decisions.acknowledge(authentication_.principal(), *alert, std::move(recorded));
    };
    const auto recorded = co_await record(alert->request, ask);
    audit_.acknowledged(*alert, recorded);
  } else if (const auto* decide = std::get_if<wire::Decide>(&message)) {
    const auto ask = [this, decide](auto recorded) {
      services_.decisions.decide(authentication_.principal(), *decide, std::move(recorded));
    };
    const auto recorded = co_await record(decide->request, ask);
    audit_.decided(*decide, recorded);
  }
}

Task<Result<Instant>> Session::record(
    std::uint32_t request, std::function<void(pipeline::Decisions::RecordedCallback)> start) {
  auto recorded = co_await pipeline::await_callback<Result<Instant>>(
      connection_->executor(), [&start](auto done) { start(std::move(done)); });
  if (recorded) {
    outbox_.push(wire::encode(wire::Recorded{request, *recorded}, encoding_));
    co_return recorded;
  }
  wire::ErrorContext context;
  context.request = request;
  const ErrorCode code = recorded.error().code;
  context.retryable = code == ErrorCode::kNoSpace || code == ErrorCode::kShuttingDown ||
                      code == ErrorCode::kRateLimited;
  refuse(recorded.error(), context);
  co_return recorded;
}

void Session::accept_subscribe(const wire::Subscribe& request) {
  wire::ErrorContext context;
  context.subscription = request.subscription;
  const auto refuse_subscription = [&](const Error& error) {
    audit_.subscribed("subscribe", request.subscription, request.area, error);
    refuse(error, context);
  };
  if (const auto allowed = check_subscribe(); !allowed) return refuse_subscription(allowed.error());
  if (!services_.is_ready()) {
    context.retryable = true;
    context.retry_after_ms = 1000;
    return refuse_subscription(
        make_error(ErrorCode::kRecovering,
                   "the hub reads its log after a start; subscribe again in a moment"));
  }
  const auto subscribed = subscriber_.subscribe(request);
  audit_.subscribed("subscribe", request.subscription, request.area, subscribed);
  answer(subscribed, request.subscription);
  if (!subscribed_ && subscriber_.is_active()) {
    subscribed_ = true;
    services_.metrics.subscribers.Increment();
  }
  outbox_.wake().raise();
}

void Session::accept_replay(wire::ReplayRequest request) {
  const std::uint32_t number = request.replay;
  const auto refuse_replay = [&](ErrorCode code, std::string message) {
    services_.metrics.count_error(wire::error_name(code));
    audit_.replay_begun(request, code);
    outbox_.push(
        wire::encode(make_error(code, std::move(message), "replay.replay"), {}, encoding_, number));
  };
  if (number == 0 || replayers_.count(number) != 0) {
    return refuse_replay(ErrorCode::kReplayInvalid,
                         "choose a replay number that is not 0 and not in use");
  }
  if (replayers_.size() >= services_.limits->replays_max) {
    return refuse_replay(ErrorCode::kTooManyReplays,
                         "a connection may run " + std::to_string(services_.limits->replays_max) +
                             " replays; cancel one first");
  }
  if (!services_.is_ready()) {
    return refuse_replay(ErrorCode::kRecovering,
                         "the hub reads its log after a start; ask again in a moment");
  }
  audit_.replay_begun(request);
  auto replayer = std::make_shared<Replayer>(services_, outbox_, connection_->executor(), encoding_,
                                             authentication_.principal(), request);
  replayers_.emplace(number, replayer);
  replayer->start([weak = weak_from_this(), number, audit = audit_, request = std::move(request)](
                      const wire::ReplayEnd& sent, const std::optional<Error>& failure) mutable {
    audit.replay_ended(request, sent, failure);
    if (const auto self = weak.lock()) self->replayers_.erase(number);
  });
}

void Session::control_replay(const wire::ReplayControl& control) {
  const auto found = replayers_.find(control.replay);
  const bool speed_valid =
      !control.speed || (*control.speed >= 0 && *control.speed <= pipeline::kSpeedMax);
  if (found != replayers_.end() && speed_valid) return found->second->control(control);
  services_.metrics.count_error(wire::error_name(ErrorCode::kReplayInvalid));
  outbox_.push(wire::encode(
      speed_valid ? make_error(ErrorCode::kReplayInvalid, "there is no replay of this number",
                               "replay_control.replay")
                  : make_error(ErrorCode::kReplayInvalid, "speed must be from 0 to 1000000",
                               "replay_control.speed"),
      {}, encoding_, control.replay));
}

// --- from outside ------------------------------------------------------------------------------

void Session::check_clock() {
  const Duration now = this->now();
  if (rights_lost_ && now - *rights_lost_ > kGoodbyeMax) return connection_->abort();
  if (!publisher_ && !close_code_ &&
      now - began_ > std::chrono::milliseconds(services_.limits->hello_timeout_ms)) {
    end(make_error(ErrorCode::kHelloTimeout, "hello did not come in time; send it at once"),
        wire::CloseCode::kHelloTimeout);
  }
  if (writing_since_ &&
      now - *writing_since_ > std::chrono::milliseconds(services_.limits->write_timeout_ms)) {
    close_code_ = wire::CloseCode::kSlowReader;
    connection_->abort();
    return;
  }
  if (closing_since_ &&
      now - *closing_since_ > std::chrono::milliseconds(services_.limits->hello_timeout_ms)) {
    return connection_->abort();
  }
  check_heard();
  if (!publisher_ || !refresh_rights()) return;
  publisher_->refresh_credit();
  if (draining_ && !publisher_->has_pending()) end(wire::CloseCode::kRestarting);
  if (heartbeat_due()) outbox_.wake().raise();
}

void Session::drain(std::string reason, std::uint32_t reconnect_after_ms) {
  if (draining_) return;
  draining_ = true;
  outbox_.push(wire::encode(wire::GoingAway{std::move(reason), reconnect_after_ms}, encoding_));
  if (!publisher_ || !publisher_->has_pending()) end(wire::CloseCode::kRestarting);
}

void Session::close(const std::string& reason) {
  end(make_error(ErrorCode::kShuttingDown, reason), wire::CloseCode::kRestarting);
}

SessionReport Session::describe() const {
  SessionReport report;
  report.name = name_;
  report.peer = connection_->peer();
  report.since = since_;
  report.subscriptions = subscriber_.subscriptions();
  report.replays = replayers_.size();
  if (publisher_) {
    report.principal = authentication_.principal().name;
    report.audience = authentication_.principal().audience;
    report.sources = publisher_->sources();
  }
  return report;
}

}  // namespace commonwatch::session
