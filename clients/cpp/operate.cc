#include "clients/cpp/operate.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;

constexpr std::uint32_t kRequest = 1;

// The answer to the one request of the connection.
asio::awaitable<Result<v1::Recorded>> wait_for_answer(std::shared_ptr<Connection> connection) {
  for (;;) {
    auto received = co_await connection->read();
    if (!received) co_return received.error();
    const v1::ServerMessage& message = received->message;
    if (message.has_error()) co_return fault_of(message.error());
    if (message.has_recorded() && message.recorded().request() == kRequest) {
      co_return message.recorded();
    }
  }
}

// Both outlive it.
asio::awaitable<Result<v1::Recorded>> ask(const ConnectOptions& options,
                                          const v1::ClientMessage& request) {
  auto connection = co_await Connection::open(options);
  if (!connection) co_return connection.error();
  // Heartbeats go on coming while the answer does not.
  asio::steady_timer patience(co_await asio::this_coro::executor, options.timeout);
  patience.async_wait([connection = *connection](boost::system::error_code cancelled) {
    if (!cancelled) connection->abort();
  });
  (*connection)->send(request);
  auto answer = co_await wait_for_answer(*connection);
  const bool is_late = patience.cancel() == 0;
  if (is_late) {
    co_return make_retryable(FaultKind::kUnreachable,
                             options.endpoint.url() + " did not answer in time; it may have been "
                                                      "recorded, and asking again does no harm");
  }
  co_await (*connection)->close();
  co_return answer;
}

}  // namespace

Result<v1::Recorded> operate(const ConnectOptions& options, v1::ClientMessage request) {
  if (request.has_acknowledge_alert()) request.mutable_acknowledge_alert()->set_request(kRequest);
  if (request.has_decide()) request.mutable_decide()->set_request(kRequest);
  asio::io_context network{1};
  Result<v1::Recorded> answer = make_fault(FaultKind::kUnreachable, "no answer");
  asio::co_spawn(network, ask(options, request),
                 [&](const std::exception_ptr& exception, Result<v1::Recorded> result) {
                   network.stop();
                   if (exception) std::rethrow_exception(exception);
                   answer = std::move(result);
                 });
  network.run();
  return answer;
}

}  // namespace commonwatch::client
