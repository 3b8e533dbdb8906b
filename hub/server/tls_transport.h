// TLS on a socket, by OpenSSL directly. Asio's own stream keeps four buffers of 17 KB a connection,
// idle or not; this one keeps none.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "hub/session/transport.h"

namespace commonwatch::server {

class TlsTransport final : public session::Transport {
 public:
  // As a server. `context` may go at once: a connection holds on to what it needs of it.
  TlsTransport(session::Socket socket, SSL_CTX* context);

  // Before anything is read or written; false: it failed, or the socket was closed.
  session::Task<bool> handshake();

  Step read(boost::asio::mutable_buffer to) override;
  Step write(std::span<const boost::asio::const_buffer> from) override;
  void finish() override;
  SSL* native() { return ssl_.get(); }

 private:
  friend struct SocketBio;
  Step step_of(int result);

  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL, Free> ssl_;
  bool failed_ = false;
};

}  // namespace commonwatch::server
