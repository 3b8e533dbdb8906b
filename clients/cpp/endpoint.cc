#include "clients/cpp/endpoint.h"

#include <charconv>

namespace commonwatch::client {
namespace {

Fault refuse(std::string_view text, const std::string& why) {
  return make_fault(FaultKind::kBadInput, "\"" + std::string(text) + "\" is no hub address: " +
                                              why + "; write ws://HOST:PORT or wss://HOST:PORT");
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string Endpoint::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Endpoint::url() const { return (tls ? "wss://" : "ws://") + authority(); }

bool Endpoint::is_loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  std::string_view rest = text;
  Endpoint endpoint;
  bool scheme_given = true;
  if (take_prefix(rest, "wss://") || take_prefix(rest, "https://")) {
    endpoint.tls = true;
  } else if (!take_prefix(rest, "ws://") && !take_prefix(rest, "http://")) {
    scheme_given = false;
    if (rest.find("://") != std::string_view::npos) return refuse(text, "unknown scheme");
  }
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    const auto path = rest.substr(slash);
    if (path != "/" && path != kStreamPath) return refuse(text, "a path does not belong there");
    rest = rest.substr(0, slash);
  }
  if (rest.find('@') != std::string_view::npos) {
    return refuse(text, "a token goes into a file (--token-file), never into an address");
  }

  std::string_view port;
  bool port_given = false;
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return refuse(text, "] is missing");
    endpoint.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() != ':') return refuse(text, "something follows ]");
    port_given = !rest.empty();
    port = rest.substr(port_given ? 1 : 0);
  } else if (rest.find(':') != rest.rfind(':')) {
    endpoint.host = rest;  // a bare IPv6 address
  } else {
    const auto colon = rest.find(':');
    endpoint.host = rest.substr(0, colon);
    port_given = colon != std::string_view::npos;
    if (port_given) port = rest.substr(colon + 1);
  }
  if (endpoint.host.empty()) return refuse(text, "the host is missing");
  if (endpoint.host.find_first_of(" \t\r\n?#") != std::string::npos) {
    return refuse(text, "the host holds a character that no host has");
  }
  if (port_given) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535) {
      return refuse(text, "the port is not 1 to 65535");
    }
    endpoint.port = static_cast<std::uint16_t>(number);
  }
  if (!scheme_given) endpoint.tls = !endpoint.is_loopback();
  return endpoint;
}

}  // namespace commonwatch::client
