// One TCP connection: TLS if it is spoken, HTTP requests one after the other, until it is closed
// or becomes a WebSocket session.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "hub/server/routes.h"
#include "hub/server/static_files.h"
#include "hub/session/beast_connection.h"
#include "hub/session/shard.h"

namespace commonwatch::server {

// Runs on the shard's thread. `tls`: nothing for plain TCP. What is referred to outlives the
// connection.
Task<void> serve_connection(session::TcpStream stream,
                            std::shared_ptr<boost::asio::ssl::context> tls, session::Shard& shard,
                            session::Services& services, Routes& routes,
                            const StaticFiles& files, std::uint64_t number,
                            access::Admission::Place place);

}  // namespace commonwatch::server
