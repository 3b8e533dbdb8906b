#include "hub/server/listener.h"

#include <netinet/tcp.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <charconv>
#include <utility>

#include "hub/server/descriptors.h"
#include "hub/server/http_connection.h"
#include "hub/session/signal.h"
#include "hub/telemetry/log.h"

namespace commonwatch::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kFailureToldEvery = std::chrono::minutes(1);
// Between two tries to take a connection.
constexpr auto kAcceptPause = std::chrono::milliseconds(10);
// What the kernel takes of a connection before the network does. More of it would be the past for a
// reader who falls behind (the feed has newer states for him) and, of many readers, much memory.
constexpr int kUnsentBytesMax = 256 << 10;
using UnsentBytesMax = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr auto kAwaitTuple = asio::as_tuple(pipeline::kAwait);

[[noreturn]] void fail(const std::string& message) {
  throw Failure(make_error(ErrorCode::kInternal, message));
}

tcp::endpoint endpoint_of(const ListenAddress& address) {
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address.host, error);
  if (error) fail("listen address " + address.text() + " is not an IP address; write 127.0.0.1:8710");
  return {ip, address.port};
}

}  // namespace

std::optional<ListenAddress> ListenAddress::parse(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return std::nullopt;
  }
  if (host == "localhost") host = "127.0.0.1";
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data() + colon + 1, end, port);
  if (problem != std::errc() || stopped != end) return std::nullopt;
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  if (error) return std::nullopt;
  return ListenAddress{host, port};
}

bool ListenAddress::is_loopback() const {
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(host, error);
  return !error && ip.is_loopback();
}

std::string ListenAddress::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Listener::Listener(const ListenAddress& address, const Tls* tls,
                   std::vector<std::unique_ptr<session::Shard>>& shards,
                   session::Services& services, const StaticRoots& roots)
    : tls_(tls),
      shards_(shards),
      services_(services),
      routes_(services),
      files_(services, roots),
      acceptor_(shards.front()->executor()) {
  raise_descriptor_limit();
  const tcp::endpoint endpoint = endpoint_of(address);
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  // Of each connection, which has it from here.
  if (!error) acceptor_.set_option(UnsentBytesMax(kUnsentBytesMax), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    fail("cannot listen on " + address.text() + ": " + error.message() +
         "; choose another address with --listen, or end what uses it");
  }
}

std::uint16_t Listener::port() const { return acceptor_.local_endpoint().port(); }

void Listener::start() {
  asio::co_spawn(shards_.front()->executor(), accept_loop(), asio::detached);
}

void Listener::stop() {
  asio::post(acceptor_.get_executor(), [this] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  });
}

// There is nobody yet who could be told: the connection is closed as it is.
std::optional<access::Admission::Place> Listener::admit(const session::Socket& socket) {
  access::Identity& identity = services_.identity;
  if (identity.directory.is_open()) return access::Admission::Place();
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  const std::string address = endpoint.address().to_string();
  const Duration now = services_.clock.boot();
  auto place = identity.admission.admit_connection(address, now);
  if (place) return *std::move(place);
  services_.metrics.count_close("not_admitted");
  if (const auto line = identity.refusals.note(address, place.error().message, now)) {
    telemetry::log_warning("server", *line);
  }
  return std::nullopt;
}

// Out of descriptors, most likely: told once a minute.
void Listener::report_failure(const boost::system::error_code& error) {
  const Duration now = services_.clock.boot();
  if (failure_told_ && now - *failure_told_ < kFailureToldEvery) return;
  failure_told_ = now;
  telemetry::log_warning("server", "cannot take a connection: " + error.message() +
                                       "; those that wait are closed for it");
}

Task<void> Listener::accept_loop() {
  session::Timer pause(acceptor_.get_executor());
  for (;;) {
    session::Shard& shard = *shards_[services_.taken % shards_.size()];
    session::Socket socket(shard.executor());
    const auto [error] = co_await acceptor_.async_accept(socket, kAwaitTuple);
    if (!acceptor_.is_open()) co_return;
    if (error) {
      services_.metrics.accepts_failed.Increment();
      report_failure(error);
      for (const auto& other : shards_) {
        asio::post(other->executor(), [&line = other->waiting_line()] { line.close_longest(); });
      }
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kAwaitTuple);
      continue;
    }
    auto place = admit(socket);
    if (!place) continue;
    const std::uint64_t number = ++services_.taken;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(shard.executor(),
                   serve_connection(std::move(socket), tls_ ? tls_->context() : nullptr, shard,
                                    services_, routes_, files_, number, *std::move(place)),
                   [](const std::exception_ptr& failure) {
                     if (failure) telemetry::log_error("server", "a connection ended by an error");
                   });
  }
}

}  // namespace commonwatch::server
