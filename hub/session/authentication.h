// Who a client is, found once and looked up again whenever that may have changed.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "hub/access/directory.h"
#include "hub/session/arrival.h"
#include "hub/session/services.h"

namespace commonwatch::session {

// Takes a kilobyte: who has the same rights for the same purpose shares it.
using SharedPrincipal = std::shared_ptr<const access::Principal>;

// The principal behind a credential. Takes what admission allows: a refusal is counted against the
// address and told in the log, folded. kUnauthenticated, kRateLimited. Any thread.
Result<access::Standing> authenticate(Services& services, const std::string& address,
                                      const access::Credential& credential);

// A session's principal. On the session's io_context.
class Authentication {
 public:
  explicit Authentication(Services& services) : services_(services) {}

  // Once. kUnauthenticated; kRateLimited, also for a principal with too many sessions or requests;
  // kInvalidRequest: the purpose is no code.
  Result<void> establish(const Arrival& arrival, const std::string& token, std::string purpose);
  // A request of the principal that is recorded, which counts as `cost` of them. kRateLimited.
  Result<void> take_request(double cost = 1);
  // True: the principal has other rights than before. kUnauthenticated: it is none any more.
  Result<bool> refresh();

  // After `establish`; also says why it is connected.
  const access::Principal& principal() const { return *principal_; }
  const SharedPrincipal& shared_principal() const { return principal_; }

 private:
  Services& services_;
  access::Credential credential_;
  SharedPrincipal principal_;
  std::optional<Instant> until_;
  std::uint64_t version_ = 0;
  access::Admission::Place place_;
};

}  // namespace commonwatch::session
