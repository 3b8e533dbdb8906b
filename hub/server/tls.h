// TLS of the listener: what new connections are accepted with. Any thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <mutex>
#include <string>

#include "hub/access/credential.h"
#include "hub/base/error.h"

namespace commonwatch::server {

struct TlsFiles {  // PEM
  std::string certificate;
  std::string key;
  // Authorities of client certificates; empty: clients are not asked for one.
  std::string client_ca;
};

class Tls {
 public:
  // Protocol versions 1.2 and 1.3. Throws Failure that names the file at fault.
  explicit Tls(TlsFiles files);

  // Reads the files anew, for connections from here on. An error names the file at fault, and
  // changes nothing.
  Result<void> reload(TlsFiles files);
  std::shared_ptr<boost::asio::ssl::context> context() const;

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

// The client's certificate, after the handshake. The handshake goes on with whatever certificate
// came, so that the client can be told why it is not trusted.
access::Certificate client_certificate(SSL* connection);

}  // namespace commonwatch::server
