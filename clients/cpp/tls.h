// Who the hub must be, and who the client says it is.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>

#include "clients/cpp/fault.h"

namespace commonwatch::client {

struct TlsOptions {
  std::filesystem::path ca;           // PEM; empty: the system's authorities
  std::filesystem::path certificate;  // PEM chain, for a client certificate; empty: none
  std::filesystem::path key;          // PEM; empty: in `certificate`
};

// A context that verifies the hub. The fault names the file that cannot be used.
Result<boost::asio::ssl::context> make_tls_context(const TlsOptions& options);

// Says in the handshake which host is meant (SNI); an address is not a name and is left out.
void name_host(SSL* connection, const std::string& host);

}  // namespace commonwatch::client
