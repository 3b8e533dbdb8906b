// The one file of the library that includes Beast's WebSocket.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "clients/cpp/transport.h"

namespace commonwatch::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kSubprotocol = "commonwatch.v1";

using PlainStream = websocket::stream<beast::tcp_stream>;
using TlsStream = websocket::stream<beast::ssl_stream<beast::tcp_stream>>;

Fault refused_upgrade(const Endpoint& endpoint, const websocket::response_type& response) {
  const auto status = response.result_int();
  const std::string said = endpoint.url() + " answers " + std::to_string(status);
  if (status == 401 || status == 403) {
    return make_fault(FaultKind::kNoRight, said + "; check the token or certificate");
  }
  if (status == 429 || status >= 500) return make_retryable(FaultKind::kUnreachable, said);
  return make_fault(FaultKind::kFailed, said + " to the stream; is this a Commonwatch hub?");
}

template <class Stream>
class WebsocketTransport final : public Transport {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  WebsocketTransport(const asio::any_io_executor& executor, TransportOptions options,
                     asio::ssl::context context)
      : options_(std::move(options)),
        context_(std::move(context)),
        resolver_(executor),
        stream_(make_stream(executor, context_)) {}

  awaitable<Result<void>> connect() override {
    asio::steady_timer deadline(stream_.get_executor(), options_.timeout);
    bool late = false;
    deadline.async_wait([this, &late](error_code error) {
      if (error) return;
      late = true;
      resolver_.cancel();
      abort();
    });
    auto connected = co_await connect_unbounded();
    deadline.cancel();
    if (!connected && late) {
      co_return make_retryable(FaultKind::kUnreachable,
                               "no answer from " + options_.endpoint.url() + " within " +
                                   std::to_string(options_.timeout.count()) + " ms");
    }
    co_return connected;
  }

  awaitable<Result<std::string>> read() override {
    auto [error, size] = co_await stream_.async_read(buffer_, kToken);
    if (error) co_return end_of(error);
    std::string frame(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    buffer_.consume(buffer_.size());
    co_return frame;
  }

  awaitable<Result<void>> write(const std::string& frame) override {
    auto [error, size] = co_await stream_.async_write(asio::buffer(frame), kToken);
    if (error) co_return end_of(error);
    co_return Result<void>();
  }

  awaitable<Result<void>> ping() override {
    websocket::ping_data nothing;
    auto [error] = co_await stream_.async_ping(nothing, kToken);
    if (error) co_return end_of(error);
    co_return Result<void>();
  }

  awaitable<void> close() override {
    asio::steady_timer deadline(stream_.get_executor(), std::chrono::seconds(1));
    deadline.async_wait([this](error_code error) {
      if (!error) abort();
    });
    websocket::close_reason reason(websocket::close_code::normal);
    static_cast<void>(co_await stream_.async_close(reason, kToken));
    deadline.cancel();
    abort();
  }

  void abort() override {
    error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
  }

 private:
  static Stream make_stream(const asio::any_io_executor& executor,
                            [[maybe_unused]] asio::ssl::context& context) {
    if constexpr (kIsTls) {
      return Stream(executor, context);
    } else {
      return Stream(executor);
    }
  }

  awaitable<Result<void>> connect_unbounded() {
    const auto& endpoint = options_.endpoint;
    auto [not_found, addresses] =
        co_await resolver_.async_resolve(endpoint.host, std::to_string(endpoint.port), kToken);
    if (not_found) {
      co_return make_retryable(FaultKind::kUnreachable, "cannot find the host " + endpoint.host +
                                                            ": " + not_found.message());
    }
    auto& tcp_layer = beast::get_lowest_layer(stream_);
    auto [refused, peer] = co_await tcp_layer.async_connect(addresses, kToken);
    if (refused) {
      co_return make_retryable(FaultKind::kUnreachable,
                               "no hub answers at " + endpoint.url() + ": " + refused.message());
    }
    error_code ignored;
    tcp_layer.socket().set_option(tcp::no_delay(true), ignored);
    if constexpr (kIsTls) {
      auto verified = co_await verify_hub();
      if (!verified) co_return verified;
    }
    co_return co_await upgrade();
  }

  awaitable<Result<void>> verify_hub() {
    if constexpr (kIsTls) {
      auto& layer = stream_.next_layer();
      const auto& host = options_.endpoint.host;
      name_host(layer.native_handle(), host);
      layer.set_verify_callback(asio::ssl::host_name_verification(host));
      auto [error] = co_await layer.async_handshake(asio::ssl::stream_base::client, kToken);
      if (error) {
        // Refused certificates do not heal; a hub that restarts breaks off in many ways.
        const bool refused = error.category() == asio::error::get_ssl_category();
        Fault fault = make_fault(
            FaultKind::kUnreachable,
            "cannot agree on TLS with " + options_.endpoint.url() + ": " + error.message());
        fault.retryable = !refused;
        co_return fault;
      }
    }
    co_return Result<void>();
  }

  awaitable<Result<void>> upgrade() {
    stream_.set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      request.set(beast::http::field::sec_websocket_protocol, kSubprotocol);
      request.set(beast::http::field::user_agent, options_.client_name);
      if (!options_.token.empty()) {
        request.set(beast::http::field::authorization, "Bearer " + options_.token);
      }
    }));
    stream_.read_message_max(kFrameBytesMax);
    stream_.binary(true);
    stream_.auto_fragment(false);
    websocket::response_type response;
    const std::string authority = options_.endpoint.authority();
    const std::string path(kStreamPath);
    auto [error] = co_await stream_.async_handshake(response, authority, path, kToken);
    if (error == websocket::error::upgrade_declined) {
      co_return refused_upgrade(options_.endpoint, response);
    }
    if (error) {
      co_return make_retryable(
          FaultKind::kUnreachable,
          "cannot open a stream to " + options_.endpoint.url() + ": " + error.message());
    }
    if (response[beast::http::field::sec_websocket_protocol] != kSubprotocol) {
      co_return make_fault(FaultKind::kFailed, options_.endpoint.url() +
                                                   " does not speak commonwatch.v1; is this a "
                                                   "Commonwatch hub?");
    }
    co_return Result<void>();
  }

  Fault end_of(error_code error) const {
    if (error == websocket::error::closed) {
      const auto& reason = stream_.reason();
      return fault_of_close(reason.code, std::string(reason.reason.c_str()));
    }
    return make_retryable(FaultKind::kUnreachable, "the connection to " + options_.endpoint.url() +
                                                       " broke: " + error.message());
  }

  TransportOptions options_;
  asio::ssl::context context_;
  tcp::resolver resolver_;
  Stream stream_;
  beast::flat_buffer buffer_;
};

}  // namespace

Result<std::unique_ptr<Transport>> make_transport(const asio::any_io_executor& executor,
                                                  TransportOptions options) {
  if (!options.endpoint.tls) {
    return std::make_unique<WebsocketTransport<PlainStream>>(
        executor, std::move(options), asio::ssl::context(asio::ssl::context::tls_client));
  }
  auto context = make_tls_context(options.tls);
  if (!context) return context.error();
  return std::make_unique<WebsocketTransport<TlsStream>>(executor, std::move(options),
                                                         std::move(*context));
}

}  // namespace commonwatch::client
