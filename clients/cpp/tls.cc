#include "clients/cpp/tls.h"

#include <boost/asio/ip/address.hpp>

namespace commonwatch::client {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

Fault unusable(const std::string& what, const std::filesystem::path& path, error_code error) {
  return make_fault(FaultKind::kBadInput,
                    "cannot use the " + what + " " + path.string() + ": " + error.message());
}

}  // namespace

Result<ssl::context> make_tls_context(const TlsOptions& options) {
  ssl::context context(ssl::context::tls_client);
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                      ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  context.set_verify_mode(ssl::verify_peer);
  error_code error;
  if (options.ca.empty()) {
    context.set_default_verify_paths(error);
    if (error) return unusable("certificate authorities of the system", {}, error);
  } else {
    context.load_verify_file(options.ca.string(), error);
    if (error) return unusable("certificate authority", options.ca, error);
  }
  if (!options.certificate.empty()) {
    context.use_certificate_chain_file(options.certificate.string(), error);
    if (error) return unusable("client certificate", options.certificate, error);
    const auto& key = options.key.empty() ? options.certificate : options.key;
    context.use_private_key_file(key.string(), ssl::context::pem, error);
    if (error) return unusable("client key", key, error);
  }
  return context;
}

void name_host(SSL* connection, const std::string& host) {
  error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return;
  std::string name = host;
  SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
}

}  // namespace commonwatch::client
