#include "hub/session/beast_connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>
#include <utility>

namespace commonwatch::session {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr auto kAwaitTuple = asio::as_tuple(kAwait);
// Of one message: an endless row of empty fragments ends here.
constexpr std::size_t kReadsMax = 10'000;
constexpr std::string_view kBinaryProtocol = "commonwatch.v1";
constexpr std::string_view kJsonProtocol = "commonwatch.v1.json";

// The first subprotocol of the client's list that the hub speaks.
std::optional<wire::Encoding> choose_encoding(std::string_view offered) {
  if (offered.empty()) return wire::Encoding::kBinary;
  while (!offered.empty()) {
    const auto comma = offered.find(',');
    std::string_view name = offered.substr(0, comma);
    offered = comma == std::string_view::npos ? std::string_view() : offered.substr(comma + 1);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name == kBinaryProtocol) return wire::Encoding::kBinary;
    if (name == kJsonProtocol) return wire::Encoding::kJson;
  }
  return std::nullopt;
}

template <class Stream>
class BeastConnection final : public Connection {
 public:
  BeastConnection(Stream stream, std::string peer, wire::Encoding encoding)
      : socket_(std::move(stream)), peer_(std::move(peer)), encoding_(encoding) {}

  Task<bool> accept(const UpgradeRequest& request, const Limits& limits) {
    beast::get_lowest_layer(socket_).expires_never();
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = std::chrono::milliseconds(limits.hello_timeout_ms);
    timeout.idle_timeout = std::chrono::milliseconds(limits.idle_timeout_ms);
    timeout.keep_alive_pings = true;
    socket_.set_option(timeout);
    const bool named = request.count(beast::http::field::sec_websocket_protocol) != 0;
    const auto protocol =
        encoding_ == wire::Encoding::kBinary ? kBinaryProtocol : kJsonProtocol;
    socket_.set_option(websocket::stream_base::decorator([=](websocket::response_type& response) {
      if (named) response.set(beast::http::field::sec_websocket_protocol, protocol);
    }));
    socket_.auto_fragment(false);
    socket_.read_message_max(0);
    socket_.binary(encoding_ == wire::Encoding::kBinary);
    const auto [error] = co_await socket_.async_accept(request, kAwaitTuple);
    co_return !error;
  }

  Executor executor() override { return socket_.get_executor(); }
  wire::Encoding encoding() const override { return encoding_; }
  const std::string& peer() const override { return peer_; }

  // Beast's own limit would close the connection before the client is told why.
  Task<Result<std::string>> read(std::size_t bytes_max) override {
    std::string message;
    auto buffer = asio::dynamic_buffer(message);
    for (std::size_t reads = 0; reads == 0 || !socket_.is_message_done(); ++reads) {
      const std::size_t room = bytes_max + 1 - message.size();
      const auto [error, size] = co_await socket_.async_read_some(buffer, room, kAwaitTuple);
      if (error) co_return make_error(ErrorCode::kShuttingDown, error.message());
      if (message.size() > bytes_max || reads > kReadsMax) {
        co_return make_error(ErrorCode::kMessageTooLarge,
                             "a message may have at most " + std::to_string(bytes_max) +
                                 " bytes; send smaller ones");
      }
    }
    if (socket_.got_binary() != (encoding_ == wire::Encoding::kBinary)) {
      co_return make_error(ErrorCode::kMalformedMessage,
                           encoding_ == wire::Encoding::kBinary
                               ? "commonwatch.v1 takes binary frames; for JSON ask for the "
                                 "subprotocol commonwatch.v1.json"
                               : "commonwatch.v1.json takes text frames; for protobuf ask for the "
                                 "subprotocol commonwatch.v1");
    }
    co_return message;
  }

  Task<bool> write(SharedBytes message) override {
    const auto [error, size] = co_await socket_.async_write(asio::buffer(*message), kAwaitTuple);
    co_return !error;
  }

  Task<void> close(wire::CloseCode code) override {
    websocket::close_reason reason;
    reason.code = static_cast<std::uint16_t>(code);
    const std::string_view name = wire::close_name(code);
    reason.reason.assign(name.data(), name.size());
    // Beast's own handshake timeout bounds this.
    co_await socket_.async_close(reason, kAwaitTuple);
  }

  void abort() override {
    boost::system::error_code ignored;
    beast::get_lowest_layer(socket_).socket().close(ignored);
  }

 private:
  websocket::stream<Stream, false> socket_;  // without permessage-deflate: it costs 90 KB each
  std::string peer_;
  wire::Encoding encoding_;
};

}  // namespace

template <class Stream>
Task<std::unique_ptr<Connection>> accept_websocket(Stream stream, std::string peer,
                                                   const UpgradeRequest& request,
                                                   const Limits& limits) {
  const auto offered = request[beast::http::field::sec_websocket_protocol];
  const auto encoding = choose_encoding({offered.data(), offered.size()});
  if (!encoding) co_return nullptr;
  auto connection =
      std::make_unique<BeastConnection<Stream>>(std::move(stream), std::move(peer), *encoding);
  const bool accepted = co_await connection->accept(request, limits);
  if (!accepted) co_return nullptr;
  co_return connection;
}

template Task<std::unique_ptr<Connection>> accept_websocket(TcpStream, std::string,
                                                            const UpgradeRequest&, const Limits&);
template Task<std::unique_ptr<Connection>> accept_websocket(TlsStream, std::string,
                                                            const UpgradeRequest&, const Limits&);

}  // namespace commonwatch::session
