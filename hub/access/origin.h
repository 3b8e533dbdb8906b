// Whether a browser's page may speak to the hub. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub/base/error.h"

namespace commonwatch::access {

struct OriginRules {
  // `https://map.example.org`, in lower case.
  std::vector<std::string> allowed;
  // The connection is TLS: then a page that came without it is another origin. A plain connection
  // may come from a proxy that ended TLS.
  bool tls = false;
  // The hub has no accounts: then the host must be an IP address or localhost, so that no page can
  // reach it by a name that it had pointed here.
  bool open = false;
};

// `origin` and `host`: the request's headers. Without an origin it is no browser. With one it must
// be the host's own, or be allowed. kForbidden.
Result<void> check_origin(std::string_view origin, std::string_view host, const OriginRules& rules);

// Whether a text can stand in the list: scheme, host, port unless it is the scheme's own.
bool is_origin(std::string_view text);

}  // namespace commonwatch::access
