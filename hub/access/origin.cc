#include "hub/access/origin.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace commonwatch::access {
namespace {

struct Authority {
  std::string host;  // lower-case; an IPv6 address in brackets
  std::string port;  // empty: the scheme's own
};

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return low;
}

std::optional<Authority> parse_authority(std::string_view text) {
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const auto colon = text.find(':', bracket);
  Authority authority{lower(text.substr(0, colon)),
                      std::string(colon == std::string_view::npos ? "" : text.substr(colon + 1))};
  const bool digits =
      std::ranges::all_of(authority.port, [](unsigned char c) { return std::isdigit(c) != 0; });
  const bool named =
      !authority.host.empty() && authority.host.find_first_of("/?#@ \t") == std::string::npos;
  if (!digits || !named || (colon != std::string_view::npos && authority.port.empty())) {
    return std::nullopt;
  }
  return authority;
}

struct Origin {
  bool secure = false;
  Authority authority;  // without the scheme's own port
};

std::optional<Origin> parse_origin(std::string_view origin) {
  const bool secure = origin.starts_with("https://");
  if (!secure && !origin.starts_with("http://")) return std::nullopt;
  auto authority = parse_authority(origin.substr(secure ? 8 : 7));
  if (!authority) return std::nullopt;
  if (authority->port == (secure ? "443" : "80")) authority->port.clear();
  return Origin{secure, *std::move(authority)};
}

bool is_address_or_localhost(const std::string& host) {
  if (host == "localhost") return true;
  in_addr v4{};
  in6_addr v6{};
  if (host.starts_with('[') && host.ends_with(']')) {
    return inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6) == 1;
  }
  return inet_pton(AF_INET, host.c_str(), &v4) == 1;
}

}  // namespace

bool is_origin(std::string_view text) { return parse_origin(text).has_value(); }

Result<void> check_origin(std::string_view origin, std::string_view host,
                          const OriginRules& rules) {
  if (origin.empty()) return {};
  if (std::ranges::find(rules.allowed, lower(origin)) != rules.allowed.end()) return {};
  const auto page = parse_origin(origin);
  auto here = parse_authority(host);
  if (page && here && here->port == (page->secure ? "443" : "80")) here->port.clear();
  const bool same = page && here && page->authority.host == here->host &&
                    page->authority.port == here->port && (page->secure || !rules.tls);
  if (same && (!rules.open || is_address_or_localhost(here->host))) return {};
  return make_error(
      ErrorCode::kForbidden,
      "a page of another origin may not speak to this hub; let the hub serve the page, "
      "or have its operator add the origin to listen.origins",
      "Origin");
}

}  // namespace commonwatch::access
