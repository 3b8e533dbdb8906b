// TLS on the measuring side.
#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>

namespace commonwatch::bench {

struct FreeSsl {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeSsl>;
using TlsSession = std::unique_ptr<SSL, FreeSsl>;

// Writes certificate.pem and key.pem (P-256, signed by itself) into the directory.
void write_certificate(const std::filesystem::path& directory);

// Of a client that believes every certificate, and keeps no buffers while it is idle.
TlsContext make_client_context();
// On a connected socket; the handshake is made by the first read or write.
TlsSession make_client_session(SSL_CTX* context, int socket);

// As recv(2) and send(2): -1 with EAGAIN where the socket is not ready.
ssize_t tls_receive(SSL* ssl, char* to, std::size_t size);
ssize_t tls_send(SSL* ssl, const char* from, std::size_t size);

}  // namespace commonwatch::bench
