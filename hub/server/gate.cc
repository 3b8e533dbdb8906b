#include "hub/server/gate.h"

#include <boost/beast/websocket/rfc6455.hpp>

#include "hub/access/origin.h"
#include "hub/access/token.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

std::string_view header(const Request& request, http::field field) {
  const auto value = request[field];
  return {value.data(), value.size()};
}

bool changes_state(const Request& request) {
  return request.method() != http::verb::get && request.method() != http::verb::head;
}

}  // namespace

Result<void> check_request(session::Services& services, const session::Arrival& arrival,
                           const Request& request, const Target& target) {
  for (const auto& [name, value] : target.query) {
    if (!access::looks_like_token(name, value)) continue;
    return make_error(ErrorCode::kInvalidRequest,
                      "a token does not belong in a URL, where proxies and browsers write it down: "
                      "send it as Authorization: Bearer or in hello.token, and have this one "
                      "revoked",
                      "query");
  }
  if (!changes_state(request) && !boost::beast::websocket::is_upgrade(request)) return {};
  const access::Identity& identity = services.identity;
  return access::check_origin(
      header(request, http::field::origin), header(request, http::field::host),
      {*identity.origins(), arrival.tls, identity.directory.is_open()});
}

Result<void> check_address(session::Services& services, const session::Arrival& arrival) {
  access::Identity& identity = services.identity;
  if (identity.directory.is_open()) return {};
  return identity.admission.take_request(arrival.address, services.clock.boot());
}

Result<void> check_principal(session::Services& services, const access::Principal& principal) {
  if (auto room = services.audit.check_room(); !room) return room;
  if (services.identity.directory.is_open()) return {};
  return services.identity.admission.take_principal_request(principal.name, services.clock.boot());
}

}  // namespace commonwatch::server
