// What an operator asks to have recorded: answers to alerts, decisions.
#pragma once

#include "clients/cpp/connection.h"

namespace commonwatch::client {

// Connects, asks, waits until it is durable at the hub, and leaves. `request` holds
// `acknowledge_alert` or `decide`; its number is set here. Blocks at most twice the timeout. After a
// kUnreachable it may have been recorded; asking again does no harm.
Result<v1::Recorded> operate(const ConnectOptions& options, v1::ClientMessage request);

}  // namespace commonwatch::client
