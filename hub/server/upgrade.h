// From an HTTP request to a WebSocket (RFC 6455, section 4.2). Pure.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "hub/wire/client_message.h"

namespace commonwatch::server {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;
using UpgradeResponse = boost::beast::http::response<boost::beast::http::string_body>;

struct Upgrade {
  UpgradeResponse response;  // 101, or what is wrong with the request
  // Which of `commonwatch.v1` and `commonwatch.v1.json` it is, where the response is 101. Without
  // an offer of the client's the binary one is taken.
  std::optional<wire::Encoding> encoding;
};

Upgrade answer_upgrade(const UpgradeRequest& request);

}  // namespace commonwatch::server
