#include "hub/session/authentication.h"

#include <utility>

#include "hub/access/grant.h"
#include "hub/telemetry/log.h"

namespace commonwatch::session {

Result<access::Standing> authenticate(Services& services, const std::string& address,
                                      const access::Credential& credential) {
  access::Identity& identity = services.identity;
  auto standing = identity.directory.find(credential, services.clock.wall());
  if (standing) return standing;
  const Duration now = services.clock.boot();
  if (const auto line = identity.refusals.note(address, standing.error().message, now)) {
    telemetry::log_warning("session", *line);
  }
  if (auto counted = identity.admission.count_failure(address, now); !counted) {
    return counted.error();
  }
  return standing;
}

Result<void> Authentication::establish(const Arrival& arrival, const std::string& token,
                                       std::string purpose) {
  if (!purpose.empty() && !access::is_code(purpose)) {
    return make_error(ErrorCode::kInvalidRequest,
                      "a purpose is a code of the agreement, 1 to 64 of a-z 0-9 - _ . ; leave it "
                      "empty or correct it",
                      "hello.purpose");
  }
  credential_ =
      access::choose_credential(token.empty() ? arrival.bearer : token, arrival.certificate);
  version_ = services_.identity.directory.version();
  auto standing = authenticate(services_, arrival.address, credential_);
  if (!standing) return standing.error();
  standing_ = *std::move(standing);
  standing_.principal.purpose = std::move(purpose);
  if (services_.identity.directory.is_open()) return {};
  auto place = services_.identity.admission.admit_principal(standing_.principal.name);
  if (!place) return place.error();
  place_ = *std::move(place);
  return {};
}

Result<bool> Authentication::refresh() {
  const std::uint64_t version = services_.identity.directory.version();
  const Instant now = services_.clock.wall();
  if (version == version_ && !(standing_.until && now >= *standing_.until)) return false;
  auto standing = services_.identity.directory.find(credential_, now);
  if (!standing) return standing.error();
  version_ = version;
  standing->principal.purpose = standing_.principal.purpose;
  const bool changed = standing->principal != standing_.principal;
  standing_ = *std::move(standing);
  return changed;
}

}  // namespace commonwatch::session
