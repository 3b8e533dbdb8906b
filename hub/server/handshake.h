// The opening handshake of RFC 6455, section 4.2: what a request for the stream must bring beyond
// being an upgrade, and what it is answered. Pure.
#pragma once

#include <optional>

#include "hub/server/routes.h"
#include "hub/wire/client_message.h"

namespace commonwatch::server {

// The answer to a request for the stream that is no upgrade: 405, or 426 with what to upgrade to.
Response respond_no_upgrade(const Request& request);
// The answer to an upgrade that may not go on (host, version, key, subprotocols); nothing: it may.
std::optional<Response> find_handshake_fault(const Request& request);

struct Acceptance {
  Response response;  // 101
  // Which of `commonwatch.v1` and `commonwatch.v1.json` is spoken: the first of the client's list
  // that the hub speaks; without an offer the binary one.
  wire::Encoding encoding;
};

// Of an upgrade that may go on.
Acceptance accept_handshake(const Request& request);

}  // namespace commonwatch::server
