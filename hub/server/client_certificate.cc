// Who a client certificate says its holder is, and why it must not be believed.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

#include "hub/server/tls.h"

namespace commonwatch::server {
namespace {

constexpr std::size_t kNamesMax = 64;
constexpr std::size_t kNameBytesMax = 256;

// Nothing: empty, too long, or with a zero byte or control character in it.
void add_name(std::vector<std::string>& names, const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, text);
  if (length < 0) return;
  std::string name(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length));
  OPENSSL_free(utf8);
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  const bool printable = std::none_of(name.begin(), name.end(), is_control);
  if (name.empty() || name.size() > kNameBytesMax || !printable) return;
  if (names.size() < kNamesMax) names.push_back(std::move(name));
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  X509_NAME* const subject = X509_get_subject_name(certificate);
  // The last common name is the most specific one (RFC 6125).
  int at = -1;
  for (int next = -1; (next = X509_NAME_get_index_by_NID(subject, NID_commonName, next)) >= 0;) {
    at = next;
  }
  if (at >= 0) add_name(names, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  auto* const alternatives = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(alternatives, i);
    if (name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI) {
      add_name(names, name->d.ia5);
    }
  }
  GENERAL_NAMES_free(alternatives);
  return names;
}

Instant end_of(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return Instant{};
  return Instant(std::chrono::seconds(timegm(&end)));
}

std::string reason_of(long verdict, const std::string& holder, Instant end) {
  const std::string of = "the client certificate" + (holder.empty() ? "" : " of " + holder);
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return of + " expired on " + to_rfc3339(end) + "; connect with a new one";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return of + " is not valid yet; check the clock of this machine, or wait";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED:
      return of +
             " was not signed by an authority that this hub trusts (listen.client_ca); "
             "connect with one that was";
    default:
      return of + " cannot be trusted: " + X509_verify_cert_error_string(verdict) +
             "; connect with another one";
  }
}

}  // namespace

access::Certificate client_certificate(SSL* connection) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(connection), &X509_free);
  if (!certificate) return access::NoCredential{};
  std::vector<std::string> names = names_of(certificate.get());
  const Instant end = end_of(certificate.get());
  const long verdict = SSL_get_verify_result(connection);
  if (verdict != X509_V_OK) {
    return access::RefusedCertificate{
        reason_of(verdict, names.empty() ? std::string() : names.front(), end)};
  }
  return access::CertificateCredential{std::move(names), end};
}

}  // namespace commonwatch::server
