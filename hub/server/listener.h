// Takes connections and deals them out to the shards.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/server/routes.h"
#include "hub/server/static_files.h"
#include "hub/server/tls.h"
#include "hub/session/shard.h"
#include "hub/session/transport.h"

namespace commonwatch::server {

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8710;

  // `ADDR:PORT`, `[V6]:PORT`; nothing if it is anything else.
  static std::optional<ListenAddress> parse(const std::string& text);
  bool is_loopback() const;
  std::string text() const;
};

class Listener {
 public:
  // Binds at once; throws Failure (address in use, not of this machine). Everything outlives it.
  // `tls`: nothing for plain TCP.
  Listener(const ListenAddress& address, const Tls* tls,
           std::vector<std::unique_ptr<session::Shard>>& shards, session::Services& services,
           const StaticRoots& roots);

  // The port that is listened on: the one asked for, or the one the system chose for 0.
  std::uint16_t port() const;
  void start();
  // Takes no more connections. Any thread.
  void stop();

 private:
  Task<void> accept_loop();
  void report_failure(const boost::system::error_code& error);
  // The connection's place; nothing: its address has had its share.
  std::optional<access::Admission::Place> admit(const session::Socket& socket);

  const Tls* tls_;
  std::vector<std::unique_ptr<session::Shard>>& shards_;
  session::Services& services_;
  Routes routes_;
  StaticFiles files_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, pipeline::Executor> acceptor_;
  std::optional<Duration> failure_told_;
};

}  // namespace commonwatch::server
