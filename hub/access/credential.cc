#include "hub/access/credential.h"

namespace commonwatch::access {

Credential choose_credential(std::string_view token, const Certificate& certificate) {
  if (const auto* refused = std::get_if<RefusedCertificate>(&certificate)) return *refused;
  if (!token.empty()) return TokenCredential{hash_token(token), shape_of(token)};
  if (const auto* sound = std::get_if<CertificateCredential>(&certificate)) return *sound;
  return NoCredential{};
}

}  // namespace commonwatch::access
