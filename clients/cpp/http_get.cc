#include "clients/cpp/http_get.h"

#include <google/protobuf/util/json_util.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

Fault unreachable(const ConnectOptions& options, error_code error) {
  return make_retryable(FaultKind::kUnreachable,
                        "no answer from " + options.endpoint.url() + ": " + error.message());
}

template <class Stream>
awaitable<Result<HttpAnswer>> exchange(Stream& stream, const ConnectOptions& options,
                                       const std::string& target) {
  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, options.endpoint.authority());
  request.set(http::field::user_agent, options.client_name);
  if (!options.token.empty()) {
    request.set(http::field::authorization, "Bearer " + options.token);
  }
  request.keep_alive(false);
  auto [unsent, sent] = co_await http::async_write(stream, request, kToken);
  if (unsent) co_return unreachable(options, unsent);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  auto [unread, read] = co_await http::async_read(stream, buffer, response, kToken);
  if (unread) co_return unreachable(options, unread);
  HttpAnswer answer{response.result_int(), std::move(response.body())};
  co_return answer;
}

awaitable<Result<HttpAnswer>> get(const ConnectOptions& options, const std::string& target) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const std::string port = std::to_string(options.endpoint.port);
  auto [not_found, addresses] =
      co_await resolver.async_resolve(options.endpoint.host, port, kToken);
  if (not_found) co_return unreachable(options, not_found);
  beast::tcp_stream plain(executor);
  plain.expires_after(options.timeout);
  auto [refused, peer] = co_await plain.async_connect(addresses, kToken);
  if (refused) co_return unreachable(options, refused);
  if (!options.endpoint.tls) co_return co_await exchange(plain, options, target);

  auto context = make_tls_context(options.tls);
  if (!context) co_return context.error();
  beast::ssl_stream<beast::tcp_stream> secure(std::move(plain), *context);
  name_host(secure.native_handle(), options.endpoint.host);
  secure.set_verify_callback(asio::ssl::host_name_verification(options.endpoint.host));
  auto [error] = co_await secure.async_handshake(asio::ssl::stream_base::client, kToken);
  if (error) co_return unreachable(options, error);
  co_return co_await exchange(secure, options, target);
}

}  // namespace

Fault fault_of_answer(const HttpAnswer& answer) {
  v1::Error error;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto read = google::protobuf::util::JsonStringToMessage(answer.body, &error, options);
  if (read.ok() && error.code() != v1::ERROR_CODE_UNSPECIFIED) return fault_of(error);
  const bool is_refused = answer.status == 401 || answer.status == 403;
  return make_fault(is_refused ? FaultKind::kNoRight : FaultKind::kFailed,
                    "the hub answers with status " + std::to_string(answer.status));
}

Result<HttpAnswer> http_get(const ConnectOptions& options, const std::string& target) {
  asio::io_context network{1};
  Result<HttpAnswer> answer =
      make_retryable(FaultKind::kUnreachable, "no answer from " + options.endpoint.url());
  asio::co_spawn(network, get(options, target),
                 [&answer](const std::exception_ptr& exception, Result<HttpAnswer> result) {
                   if (exception) std::rethrow_exception(exception);
                   answer = std::move(result);
                 });
  network.run_for(options.timeout);
  return answer;
}

}  // namespace commonwatch::client
