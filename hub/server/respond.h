// Building HTTP responses, and reading requests' targets.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hub/base/error.h"
#include "hub/model/ids.h"
#include "hub/server/routes.h"

namespace commonwatch::server {

// Path and query of a request target, percent-decoded.
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};
// Nothing: not a path, or a broken percent-encoding.
std::optional<Target> parse_target(std::string_view target);

Response respond(const Request& request, boost::beast::http::status status,
                 std::string_view content_type, std::string body);
// The Error message in JSON, with the status that fits its code. `expected`: with kSequenceGap.
Response respond_error(const Request& request, const Error& error, model::Sequence expected = {});
boost::beast::http::status status_of(ErrorCode code);
// 404, with the paths that there are.
Response respond_not_found(const Request& request, const std::string& path);
// 405, with the methods that are allowed.
Response respond_method(const Request& request, std::string_view allowed);

}  // namespace commonwatch::server
