#include "hub/session/authentication.h"

#include <utility>

#include "hub/access/grant.h"
#include "hub/telemetry/log.h"

namespace commonwatch::session {
namespace {

// The one that a shard's last session got, if it is the same: an account's dashboards tend to come
// together.
SharedPrincipal share_principal(access::Principal principal) {
  thread_local std::weak_ptr<const access::Principal> last;
  if (auto known = last.lock(); known && *known == principal) return known;
  auto made = std::make_shared<const access::Principal>(std::move(principal));
  last = made;
  return made;
}

}  // namespace

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
  until_ = standing->until;
  if (!purpose.empty()) standing->principal.purpose = std::move(purpose);
  principal_ = share_principal(std::move(standing->principal));
  if (services_.identity.directory.is_open()) return {};
  auto place = services_.identity.admission.admit_principal(principal_->name);
  if (!place) return place.error();
  place_ = *std::move(place);
  return take_request();
}

Result<void> Authentication::take_request(double cost) {
  access::Identity& identity = services_.identity;
  if (identity.directory.is_open()) return {};
  return identity.admission.take_principal_request(principal_->name, services_.clock.boot(), cost);
}

Result<bool> Authentication::refresh() {
  const std::uint64_t version = services_.identity.directory.version();
  const Instant now = services_.clock.wall();
  if (version == version_ && !(until_ && now >= *until_)) return false;
  auto standing = services_.identity.directory.find(credential_, now);
  if (!standing) return standing.error();
  version_ = version;
  until_ = standing->until;
  standing->principal.purpose = principal_->purpose;
  const bool changed = standing->principal != *principal_;
  if (changed) principal_ = share_principal(std::move(standing->principal));
  return changed;
}

}  // namespace commonwatch::session
