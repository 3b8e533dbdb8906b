// What a client shows to prove who it is. Kept for as long as the client is connected, without the
// secret itself, and looked up again whenever accounts or tokens change. A further kind (OpenID
// Connect) is a further alternative here, and a further way to look up in hub/access/directory.cc.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hub/access/token.h"
#include "hub/base/error.h"
#include "hub/base/time.h"

namespace commonwatch::access {

struct NoCredential {};

struct TokenCredential {
  std::string sha256;  // of the token, 32 bytes
  TokenShape shape = TokenShape::kForeign;
};

// A client certificate that the listener's authority signed and that is valid now.
struct CertificateCredential {
  // The subject's common name, and the subject's alternative names (DNS, e-mail, URI).
  std::vector<std::string> names;
  Instant not_after{};
};

// A client certificate that must not be trusted: the handshake went on, so that this can be said.
struct RefusedCertificate {
  std::string reason;  // `the client certificate has expired`
};

using Certificate = std::variant<NoCredential, CertificateCredential, RefusedCertificate>;
using Credential =
    std::variant<NoCredential, TokenCredential, CertificateCredential, RefusedCertificate>;

// A token stands above a sound certificate; a certificate that must not be trusted is refused,
// whatever comes with it.
Credential choose_credential(std::string_view token, const Certificate& certificate);

}  // namespace commonwatch::access
