// Connection over Beast: a WebSocket on plain TCP or on TLS.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <string>

#include "hub/base/limits.h"
#include "hub/session/connection.h"

namespace commonwatch::session {

using TcpStream = boost::beast::basic_stream<boost::asio::ip::tcp, Executor>;
using TlsStream = boost::beast::ssl_stream<TcpStream>;
using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

// Answers an upgrade to `commonwatch.v1` or `commonwatch.v1.json`; nothing if it fails, or if the
// client offers neither. Without an offer the binary subprotocol is taken.
template <class Stream>
Task<std::unique_ptr<Connection>> accept_websocket(Stream stream, std::string peer,
                                                   const UpgradeRequest& request,
                                                   const Limits& limits);

extern template Task<std::unique_ptr<Connection>> accept_websocket(TcpStream, std::string,
                                                                   const UpgradeRequest&,
                                                                   const Limits&);
extern template Task<std::unique_ptr<Connection>> accept_websocket(TlsStream, std::string,
                                                                   const UpgradeRequest&,
                                                                   const Limits&);

}  // namespace commonwatch::session
