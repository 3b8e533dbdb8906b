#include "hub/server/tls.h"

#include <utility>

namespace commonwatch::server {
namespace {

namespace ssl = boost::asio::ssl;

// AEAD suites with forward secrecy only (Mozilla's "intermediate", without DHE).
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

Error tls_error(const std::string& what, const std::string& file,
                const boost::system::error_code& error) {
  return make_error(ErrorCode::kInternal, what + " " + file + ": " + error.message());
}

// What is wrong with a certificate is looked at after the handshake.
int accept_for_now(int, X509_STORE_CTX*) { return 1; }

Result<void> ask_for_certificates(ssl::context& context, const std::string& file) {
  SSL_CTX* const native = context.native_handle();
  boost::system::error_code error;
  context.load_verify_file(file, error);
  if (error) return tls_error("listen.client_ca", file, error);
  STACK_OF(X509_NAME)* const names = SSL_load_client_CA_file(file.c_str());
  if (!names) {
    return make_error(ErrorCode::kInternal,
                      "listen.client_ca " + file + " holds no certificate in PEM");
  }
  SSL_CTX_set_client_CA_list(native, names);
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, &accept_for_now);
  SSL_CTX_set_purpose(native, X509_PURPOSE_SSL_CLIENT);
  // A resumed session would bring a certificate that was looked at some other day.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(native, 0);
  return {};
}

Result<std::shared_ptr<ssl::context>> load(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 |
                       ssl::context::no_compression);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context->native_handle(), kCiphers);
  SSL_CTX_set_options(context->native_handle(),
                      SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION);
  boost::system::error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return tls_error("tls certificate", files.certificate, error);
  context->use_private_key_file(files.key, ssl::context::pem, error);
  if (error) return tls_error("tls key", files.key, error);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return make_error(ErrorCode::kInternal,
                      "tls key " + files.key + " does not belong to " + files.certificate);
  }
  if (!files.client_ca.empty()) {
    if (auto asked = ask_for_certificates(*context, files.client_ca); !asked) return asked.error();
  }
  return context;
}

}  // namespace

Tls::Tls(TlsFiles files) {
  auto loaded = load(files);
  if (!loaded) throw Failure(loaded.error());
  context_ = *std::move(loaded);
}

Result<void> Tls::reload(TlsFiles files) {
  auto loaded = load(files);
  if (!loaded) return loaded.error();
  const std::lock_guard lock(mutex_);
  context_ = *std::move(loaded);
  return {};
}

std::shared_ptr<ssl::context> Tls::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace commonwatch::server
