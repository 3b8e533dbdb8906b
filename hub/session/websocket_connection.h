// Connection over a transport, in frames of its own: Beast's stream keeps buffers and a timer for
// each connection, and sends one message at a time.
#pragma once

#include <memory>
#include <string>

#include "hub/session/connection.h"
#include "hub/session/inbound.h"
#include "hub/session/live_limits.h"
#include "hub/session/transport.h"

namespace commonwatch::session {

// After the upgrade. `peer`: address and port. `limits` and `inbound` outlive the connection. `unread`:
// what came behind the request.
std::unique_ptr<Connection> make_websocket(std::shared_ptr<Transport> transport, std::string peer,
                                           wire::Encoding encoding, const LiveLimits& limits,
                                           Inbound& inbound, std::string unread = {});

}  // namespace commonwatch::session
