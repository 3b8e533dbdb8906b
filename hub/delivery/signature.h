// How a receiver knows that a page is the hub's, and when it was sent.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/time.h"

namespace commonwatch::delivery {

// `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<unix seconds>.<body>">` (RFC 2104, FIPS 180-4). The
// time is signed with the body, so that an old page cannot be sent again as a new one.
std::string sign(std::string_view secret, Instant at, std::string_view body);

}  // namespace commonwatch::delivery
