// Where a hub is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "clients/cpp/fault.h"

namespace commonwatch::client {

inline constexpr std::uint16_t kDefaultPort = 8710;
inline constexpr std::string_view kStreamPath = "/v1/stream";

struct Endpoint {
  bool tls = false;
  std::string host;  // IPv6 addresses without brackets
  std::uint16_t port = kDefaultPort;

  // `host:port`, IPv6 in brackets: for the Host header, and as a name for state on disk.
  std::string authority() const;
  // `ws://host:port`, `wss://host:port`.
  std::string url() const;
  bool is_loopback() const;
};

// Reads `ws://HOST[:PORT]`, `wss://HOST[:PORT]`, `http(s)://` alike, or a bare `HOST[:PORT]`: then
// loopback means ws, anything else wss. A path is allowed only if it is `/` or the stream's.
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace commonwatch::client
