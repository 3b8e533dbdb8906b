// Where a webhook is.
#pragma once

#include <string>
#include <string_view>

#include "hub/base/error.h"

namespace commonwatch::delivery {

struct WebhookUrl {
  bool tls = true;
  std::string host;  // without brackets
  std::string port;
  std::string target = "/";  // path and query

  // `https://host[:port]/path?query`; http:// only for localhost, 127.0.0.1 and [::1], because
  // everyone between could read along. kInvalidRequest: what is wrong with it; never quotes the
  // path and query, in which services keep keys.
  static Result<WebhookUrl> parse(std::string_view text);

  bool is_loopback() const;
  // For the Host header.
  std::string authority() const;
};

}  // namespace commonwatch::delivery
