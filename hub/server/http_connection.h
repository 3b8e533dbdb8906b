// One TCP connection: TLS if it is spoken, HTTP requests one after the other, until it is closed
// or becomes a WebSocket session.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "hub/server/routes.h"
#include "hub/server/static_files.h"
#include "hub/session/shard.h"
#include "hub/session/transport.h"

namespace commonwatch::server {

// Runs on the shard's thread. `tls`: nothing for plain TCP. What is referred to outlives the
// connection.
Task<void> serve_connection(session::Socket socket, std::shared_ptr<boost::asio::ssl::context> tls,
                            session::Shard& shard, session::Services& services, Routes& routes,
                            const StaticFiles& files, std::uint64_t number,
                            access::Admission::Place place);

}  // namespace commonwatch::server
