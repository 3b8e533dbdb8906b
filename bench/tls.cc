#include "bench/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "bench/incomplete.h"

namespace commonwatch::bench {
namespace {

constexpr long kValidSeconds = 24L * 3600;

template <class Write>
void write_pem(const std::filesystem::path& file, Write write) {
  std::FILE* const stream = std::fopen(file.c_str(), "w");
  require(stream != nullptr, "cannot write " + file.string());
  const bool written = write(stream) == 1;
  require(std::fclose(stream) == 0 && written, "cannot write " + file.string());
}

ssize_t result_of(SSL* ssl, int result) {
  if (result > 0) return result;
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      errno = EPROTO;
      return -1;
  }
}

}  // namespace

void write_certificate(const std::filesystem::path& directory) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key.get());
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "cannot sign a certificate");
  write_pem(directory / "key.pem", [&](std::FILE* stream) {
    return PEM_write_PrivateKey(stream, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  write_pem(directory / "certificate.pem",
            [&](std::FILE* stream) { return PEM_write_X509(stream, certificate.get()); });
}

TlsContext make_client_context() {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

TlsSession make_client_session(SSL_CTX* context, int socket) {
  TlsSession session(SSL_new(context));
  SSL_set_fd(session.get(), socket);
  SSL_set_connect_state(session.get());
  return session;
}

ssize_t tls_receive(SSL* ssl, char* to, std::size_t size) {
  ERR_clear_error();
  return result_of(ssl, SSL_read(ssl, to, static_cast<int>(size)));
}

ssize_t tls_send(SSL* ssl, const char* from, std::size_t size) {
  ERR_clear_error();
  return result_of(ssl, SSL_write(ssl, from, static_cast<int>(size)));
}

}  // namespace commonwatch::bench
