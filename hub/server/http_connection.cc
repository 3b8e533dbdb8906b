#include "hub/server/http_connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "hub/server/deadline.h"
#include "hub/server/descriptors.h"
#include "hub/server/gate.h"
#include "hub/server/handshake.h"
#include "hub/server/http_stream.h"
#include "hub/server/respond.h"
#include "hub/server/tls.h"
#include "hub/server/tls_transport.h"
#include "hub/session/websocket_connection.h"
#include "hub/telemetry/log.h"

namespace commonwatch::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Parser = http::request_parser<http::string_body>;

constexpr auto kAwaitTuple = asio::as_tuple(pipeline::kAwait);
constexpr std::string_view kStreamPath = "/v1/stream";
constexpr std::size_t kLingerReadBytes = 64U << 10U;
constexpr std::size_t kLingerBytesMax = 64U << 20U;

struct Peer {
  std::string text;
  session::Arrival arrival;
};

Peer peer_of(const session::Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  Peer peer;
  peer.arrival.address = endpoint.address().to_string();
  peer.arrival.is_local = endpoint.address().is_loopback();
  peer.text = peer.arrival.address + ":" + std::to_string(endpoint.port());
  return peer;
}

class HttpConnection {
 public:
  HttpConnection(std::shared_ptr<session::Transport> transport, session::Shard& shard,
                 session::Services& services, Routes& routes, const StaticFiles& files,
                 std::uint64_t number)
      : stream_(std::move(transport)),
        deadline_(stream_.transport()),
        shard_(shard),
        services_(services),
        routes_(routes),
        files_(files),
        number_(number),
        peer_(peer_of(stream_.transport()->socket())),
        share_(services.inbound) {
    services_.metrics.http_connections.Increment();
  }
  ~HttpConnection() { services_.metrics.http_connections.Decrement(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // After the handshake.
  void set_certificate(access::Certificate certificate) {
    peer_.arrival.tls = true;
    peer_.arrival.certificate = std::move(certificate);
  }

  // False: there are too many such connections.
  bool enter_line() {
    place_ = shard_.waiting_line().enter(services_.limits->http_connections_max, [this] {
      services_.metrics.count_close("crowded_out");
      stream_.transport()->close();
    });
    if (place_) {
      place_->wait();
    } else {
      services_.metrics.count_close("crowded_out");
    }
    return place_ != nullptr;
  }

  // Waits in line. Requests and answers, until the connection is to be closed (nothing), or has
  // become a WebSocket.
  Task<std::shared_ptr<session::Session>> run() {
    for (;;) {
      Parser parser;
      parser.header_limit(services_.limits->http_header_bytes_max);
      parser.body_limit(services_.limits->http_body_bytes_max);
      const auto error = co_await read(parser);
      if (error) {
        if (deadline_.has_passed() && (parser.got_some() || !answered_)) {
          services_.metrics.count_close("http_timeout");
        }
        co_await refuse(error);
        co_return nullptr;
      }
      // How long the answer takes is not for the other side to pay.
      deadline_.clear();
      place_->work();
      answered_ = true;
      const Request request = parser.release();
      share_.resize(request.body().size(), services_.limits->hello_frame_bytes_max,
                    services_.limits->inbound_bytes_max);
      if (beast::websocket::is_upgrade(request)) co_return co_await upgrade(request);
      if (StaticFiles::is_asked(request)) {
        if (!co_await send_file(request)) co_return nullptr;
        continue;
      }
      const Response response =
          co_await routes_.answer(shard_.executor(), request, peer_.arrival, peer_.text);
      if (!co_await write(response) || !response.keep_alive()) co_return nullptr;
    }
  }

 private:
  void set_deadline() {
    deadline_.set(std::chrono::milliseconds(services_.limits->http_timeout_ms));
  }

  // http::error::body_limit: all connections together hold too much that is not whole.
  Task<boost::system::error_code> read(Parser& parser) {
    set_deadline();
    place_->wait();
    share_.resize(0, 0, 0);  // the request before is answered
    auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, kAwaitTuple);
    const Limits& limits = *services_.limits;
    if (!error && !parser.is_done()) {
      const auto length = parser.content_length();
      const std::uint64_t body = length ? *length : limits.http_body_bytes_max;
      if (!share_.resize(body, limits.hello_frame_bytes_max, limits.inbound_bytes_max)) {
        crowded_ = true;
        co_return make_error_code(http::error::body_limit);
      }
      std::tie(error, size) = co_await http::async_read(stream_, buffer_, parser, kAwaitTuple);
    }
    co_return error;
  }

  Task<bool> write(const Response& response) {
    set_deadline();
    place_->wait();
    const auto [error, size] = co_await http::async_write(stream_, response, kAwaitTuple);
    co_return !error;
  }

  // False: the connection is to be closed. A part at a time, each with a deadline of its own, so
  // that a large file and a slow reader cost no more than one part.
  Task<bool> send_file(const Request& request) {
    FileAnswer answer = co_await files_.answer(shard_.executor(), request, peer_.arrival);
    if (!co_await write(answer.head)) co_return false;
    while (answer.left > 0) {
      const std::string chunk = co_await files_.next_chunk(shard_.executor(), answer);
      if (chunk.empty()) co_return false;
      set_deadline();
      place_->wait();
      const auto [error, size] =
          co_await asio::async_write(stream_, asio::buffer(chunk), kAwaitTuple);
      if (error) co_return false;
    }
    co_return answer.head.keep_alive();
  }

  // A request that cannot be read: told what is wrong, if it was too large or no HTTP at all.
  Task<void> refuse(boost::system::error_code error) {
    Request request(http::verb::get, "/", 11);
    request.keep_alive(false);
    const bool too_large = error == http::error::body_limit || error == http::error::header_limit;
    const bool broken = error.category() == make_error_code(http::error::bad_method).category() &&
                        error != http::error::end_of_stream &&
                        error != http::error::partial_message;
    if (!too_large && !broken) co_return;
    if (crowded_) {
      services_.metrics.count_http("other", 429);
      const Response crowded = respond_error(
          request, make_error(ErrorCode::kRateLimited,
                              "the hub holds as many unfinished requests as it may; send it later"));
      if (co_await write(crowded)) co_await linger();
      co_return;
    }
    services_.metrics.count_http("other", too_large ? 413 : 400);
    services_.audit.refuse(peer_.text,
                           too_large ? ErrorCode::kMessageTooLarge : ErrorCode::kMalformedMessage);
    // Made before it is awaited: g++ 12 destroys temporaries of a conditional twice inside
    // co_await.
    std::string message = "the request is not HTTP/1.1: " + error.message();
    if (too_large) {
      message = "the request is too large: at most " +
                std::to_string(services_.limits->http_body_bytes_max) + " bytes; send smaller ones";
    }
    const Response response = respond_error(
        request, make_error(too_large ? ErrorCode::kMessageTooLarge : ErrorCode::kMalformedMessage,
                            message));
    if (co_await write(response)) co_await linger();
  }

  // A peer that still sends would be reset before it reads the answer: what it sends is read and
  // dropped, up to a limit of bytes and time.
  Task<void> linger() {
    stream_.transport()->finish();
    boost::system::error_code stopped;
    std::string dropped(kLingerReadBytes, '\0');
    set_deadline();
    for (std::size_t total = 0; !stopped && total < kLingerBytesMax;) {
      const auto [error, size] =
          co_await stream_.async_read_some(asio::buffer(dropped), kAwaitTuple);
      stopped = error;
      total += size;
    }
  }

  // The answer to an upgrade that may not go on; nothing: it may.
  std::optional<Response> find_refusal(const Request& request) {
    const auto target = parse_target({request.target().data(), request.target().size()});
    if (!target || target->path != kStreamPath) {
      return respond_error(request,
                           make_error(ErrorCode::kNotFound, "the stream is at /v1/stream"));
    }
    if (const auto passed = check_request(services_, peer_.arrival, request, *target); !passed) {
      return respond_error(request, passed.error());
    }
    if (auto fault = find_handshake_fault(request)) return fault;
    if (const auto room = services_.audit.check_room(); !room) {
      return respond_error(request, room.error());
    }
    if (shard_.sessions() >= services_.limits->connections_max) {
      return respond_error(
          request, make_error(ErrorCode::kRateLimited,
                              "the hub holds as many connections as it may; try again later"));
    }
    if (!leaves_reserve(stream_.transport()->socket().native_handle(),
                        services_.limits->descriptors_reserved)) {
      return respond_error(
          request, make_error(ErrorCode::kRateLimited,
                              "the hub has no descriptor to spare for a session; try again later"));
    }
    return std::nullopt;
  }

  Task<std::shared_ptr<session::Session>> upgrade(const Request& request) {
    if (const auto refusal = find_refusal(request)) {
      services_.metrics.count_http(
          refusal->result() == http::status::not_found ? "other" : kStreamPath,
          refusal->result_int());
      co_await write(*refusal);
      co_return nullptr;
    }
    const Acceptance accepted = accept_handshake(request);
    const bool written = co_await write(accepted.response);
    if (!written) co_return nullptr;
    session::Arrival arrival = peer_.arrival;
    arrival.bearer = bearer_token(request);
    // A client may have begun to speak already.
    std::string unread = beast::buffers_to_string(buffer_.data());
    auto connection =
        session::make_websocket(stream_.transport(), peer_.text, accepted.encoding,
                                services_.limits, services_.inbound, std::move(unread));
    co_return std::make_shared<session::Session>(services_, shard_.shared(), std::move(connection),
                                                 std::move(arrival), std::to_string(number_));
  }

  HttpStream stream_;
  Deadline deadline_;
  session::Shard& shard_;
  session::Services& services_;
  Routes& routes_;
  const StaticFiles& files_;
  std::uint64_t number_;
  Peer peer_;
  beast::flat_buffer buffer_;
  std::unique_ptr<session::WaitingLine::Place> place_;
  session::Inbound::Share share_;
  bool answered_ = false;  // a request
  bool crowded_ = false;   // no room for its body
};

// False: the handshake failed, or took too long.
Task<bool> shake_hands(std::shared_ptr<TlsTransport> tls, std::chrono::milliseconds limit) {
  Deadline deadline(tls);
  deadline.set(limit);
  co_return co_await tls->handshake();
}

}  // namespace

Task<void> serve_connection(session::Socket socket, std::shared_ptr<asio::ssl::context> tls,
                            session::Shard& shard, session::Services& services, Routes& routes,
                            const StaticFiles& files, std::uint64_t number,
                            access::Admission::Place place) {
  // Given back when the connection has ended.
  const access::Admission::Place held = std::move(place);
  std::shared_ptr<session::Session> session;
  {
    std::shared_ptr<TlsTransport> secured;
    std::shared_ptr<session::Transport> transport;
    if (tls) {
      secured = std::make_shared<TlsTransport>(std::move(socket), tls->native_handle());
      tls.reset();
      transport = secured;
    } else {
      transport = session::make_tcp_transport(std::move(socket));
    }
    // Let go of once it has become a session, whose own time-outs hold from there on.
    const auto connection = std::make_unique<HttpConnection>(std::move(transport), shard, services,
                                                             routes, files, number);
    if (!connection->enter_line()) co_return;
    if (secured) {
      const bool shaken = co_await shake_hands(
          secured, std::chrono::milliseconds(services.limits->http_timeout_ms));
      if (!shaken) co_return services.metrics.count_close("tls_handshake");
      connection->set_certificate(client_certificate(secured->native()));
    }
    session = co_await connection->run();
  }
  if (session) co_await shard.serve(std::move(session));
}

}  // namespace commonwatch::server
