// What every request passes before it is answered or becomes a session.
#pragma once

#include "hub/server/respond.h"
#include "hub/server/routes.h"
#include "hub/session/arrival.h"

namespace commonwatch::server {

// kInvalidRequest: a token in the URL. kForbidden: a page of another origin. Says nothing of
// who it is.
Result<void> check_request(session::Services& services, const session::Arrival& arrival,
                           const Request& request, const Target& target);

// kRateLimited: the address asks too often for what needs no token.
Result<void> check_address(session::Services& services, const session::Arrival& arrival);
// kNoSpace: what it asks for could not be recorded. kRateLimited: the principal asks too often.
Result<void> check_principal(session::Services& services, const access::Principal& principal);

}  // namespace commonwatch::server
