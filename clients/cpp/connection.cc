#include "clients/cpp/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using std::chrono::steady_clock;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

}  // namespace

Connection::Connection(const asio::any_io_executor& executor, std::unique_ptr<Transport> transport,
                       ConnectOptions options)
    : options_(std::move(options)),
      transport_(std::move(transport)),
      wake_writer_(executor),
      silence_(executor),
      ping_(executor) {}

awaitable<Result<std::shared_ptr<Connection>>> Connection::open(ConnectOptions options) {
  const auto executor = co_await asio::this_coro::executor;
  TransportOptions transport_options{options.endpoint, options.tls, options.token,
                                     options.client_name, options.timeout};
  auto transport = make_transport(executor, std::move(transport_options));
  if (!transport) co_return transport.error();
  auto connected = co_await (*transport)->connect();
  if (!connected) co_return connected.error();
  std::shared_ptr<Connection> connection(
      new Connection(executor, std::move(*transport), std::move(options)));
  connection->start();
  auto greeted = co_await connection->greet();
  if (!greeted) {
    connection->abort();
    co_return greeted.error();
  }
  co_return connection;
}

void Connection::start() {
  const auto executor = silence_.get_executor();
  auto self = shared_from_this();
  asio::co_spawn(
      executor, [self] { return self->write_queued(); }, asio::detached);
  asio::co_spawn(
      executor, [self] { return self->watch_silence(); }, asio::detached);
  asio::co_spawn(
      executor, [self] { return self->ping_regularly(); }, asio::detached);
}

awaitable<Result<void>> Connection::greet() {
  heartbeat_ = options_.timeout * 2 / 5;  // until the welcome says better
  v1::ClientMessage message;
  message.mutable_hello()->set_token(options_.token);
  message.mutable_hello()->set_client(options_.client_name);
  message.mutable_hello()->set_purpose(options_.purpose);
  send(message);
  auto answer = co_await read();
  if (!answer) co_return answer.error();
  if (answer->message.has_error()) co_return fault_of(answer->message.error());
  if (!answer->message.has_welcome()) {
    co_return make_fault(FaultKind::kFailed, options_.endpoint.url() +
                                                 " answers hello with something else than welcome; "
                                                 "is this a Commonwatch hub?");
  }
  welcome_ = answer->message.welcome();
  heartbeat_ = std::chrono::milliseconds(std::max(welcome_.heartbeat_ms(), 100U));
  silence_.cancel();
  ping_.cancel();
  co_return Result<void>();
}

awaitable<Result<ReceivedMessage>> Connection::read() {
  reading_since_ = steady_clock::now();
  reading_ = true;
  auto frame = co_await transport_->read();
  reading_ = false;
  if (!frame) {
    abort();
    if (!silent_) co_return frame.error();
    co_return make_retryable(
        FaultKind::kUnreachable,
        "nothing heard from " + options_.endpoint.url() + " for 2.5 heartbeats; taken for dead");
  }
  ReceivedMessage received;
  received.frame = std::move(*frame);
  if (!received.message.ParseFromString(received.frame)) {
    abort();
    co_return make_fault(
        FaultKind::kFailed,
        options_.endpoint.url() + " sent a frame that is no message of commonwatch.v1");
  }
  co_return received;
}

void Connection::send(const v1::ClientMessage& message) {
  outbox_.push_back(message.SerializeAsString());
  wake_writer_.cancel();
}

awaitable<void> Connection::write_queued() {
  auto self = shared_from_this();
  while (!ended_) {
    if (outbox_.empty()) {
      if (closing_) break;
      wake_writer_.expires_at(steady_clock::time_point::max());
      static_cast<void>(co_await wake_writer_.async_wait(kToken));
      continue;
    }
    auto written = co_await transport_->write(outbox_.front());
    outbox_.pop_front();
    // The read sees it too, with the better reason.
    if (!written) break;
  }
}

awaitable<void> Connection::watch_silence() {
  auto self = shared_from_this();
  while (!ended_) {
    const auto limit = heartbeat_ * 5 / 2;
    const auto since = reading_ ? reading_since_ : steady_clock::now();
    if (steady_clock::now() - since >= limit) {
      silent_ = true;
      transport_->abort();
      break;
    }
    silence_.expires_at(since + limit);
    static_cast<void>(co_await silence_.async_wait(kToken));
  }
}

// The hub takes a client for idle that says nothing; a subscriber has nothing to say.
awaitable<void> Connection::ping_regularly() {
  auto self = shared_from_this();
  while (!ended_) {
    ping_.expires_after(heartbeat_);
    auto [interrupted] = co_await ping_.async_wait(kToken);
    if (interrupted || ended_) continue;
    auto pinged = co_await transport_->ping();
    if (!pinged) break;
  }
}

awaitable<void> Connection::close() {
  auto self = shared_from_this();
  closing_ = true;
  wake_writer_.cancel();
  asio::steady_timer pause(silence_.get_executor());
  for (int i = 0; i < 100 && !outbox_.empty() && !ended_; ++i) {
    pause.expires_after(std::chrono::milliseconds(10));
    static_cast<void>(co_await pause.async_wait(kToken));
  }
  if (!ended_ && !reading_) co_await transport_->close();
  abort();
}

void Connection::abort() {
  ended_ = true;
  transport_->abort();
  wake_writer_.cancel();
  silence_.cancel();
  ping_.cancel();
}

}  // namespace commonwatch::client
