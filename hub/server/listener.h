// Takes connections and deals them out to the shards.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/server/routes.h"
#include "hub/session/shard.h"

namespace commonwatch::server {

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8710;

  // `ADDR:PORT`, `[V6]:PORT`; nothing if it is anything else.
  static std::optional<ListenAddress> parse(const std::string& text);
  bool is_loopback() const;
  std::string text() const;
};

// A TLS context of protocol versions 1.2 and 1.3 for the PEM files; throws Failure that names the
// file at fault.
std::unique_ptr<boost::asio::ssl::context> load_tls(const std::string& certificate_file,
                                                    const std::string& key_file);

class Listener {
 public:
  // Binds at once; throws Failure (address in use, not of this machine). Everything outlives it.
  Listener(const ListenAddress& address, boost::asio::ssl::context* tls,
           std::vector<std::unique_ptr<session::Shard>>& shards, session::Services& services);

  // The port that is listened on: the one asked for, or the one the system chose for 0.
  std::uint16_t port() const;
  void start();
  // Takes no more connections. Any thread.
  void stop();

 private:
  Task<void> accept_loop();

  boost::asio::ssl::context* tls_;
  std::vector<std::unique_ptr<session::Shard>>& shards_;
  session::Services& services_;
  Routes routes_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, pipeline::Executor> acceptor_;
  std::uint64_t accepted_ = 0;
};

}  // namespace commonwatch::server
