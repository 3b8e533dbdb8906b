#include "hub/server/respond.h"

#include <utility>

#include "hub/base/utf8.h"
#include "hub/server/percent.h"
#include "hub/wire/server_message.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

bool is_retryable(http::status status) {
  return status == http::status::service_unavailable || status == http::status::too_many_requests ||
         status == http::status::conflict;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return std::nullopt;
  const auto mark = target.find('?');
  const auto path = decode_percent(target.substr(0, mark));
  if (!path || !is_utf8(*path)) return std::nullopt;
  Target parsed{*path, {}};
  std::string_view rest =
      mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto equals = pair.find('=');
    const auto key = decode_percent(pair.substr(0, equals));
    const auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                        : decode_percent(pair.substr(equals + 1));
    if (!key || !value || !is_utf8(*key) || !is_utf8(*value)) return std::nullopt;
    parsed.query[*key] = *value;
  }
  return parsed;
}

Response respond(const Request& request, http::status status, std::string_view content_type,
                 std::string body) {
  Response response(status, request.version());
  response.set(http::field::content_type, {content_type.data(), content_type.size()});
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.keep_alive(request.keep_alive());
  response.body() = std::move(body);
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

http::status status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnauthenticated:
      return http::status::unauthorized;
    case ErrorCode::kForbidden:
      return http::status::forbidden;
    case ErrorCode::kNotFound:
      return http::status::not_found;
    case ErrorCode::kMessageTooLarge:
    case ErrorCode::kBatchTooLarge:
      return http::status::payload_too_large;
    case ErrorCode::kRateLimited:
      return http::status::too_many_requests;
    case ErrorCode::kSourceBusy:
    case ErrorCode::kSequenceGap:
    case ErrorCode::kFenced:
      return http::status::conflict;
    case ErrorCode::kRecovering:
    case ErrorCode::kNoSpace:
    case ErrorCode::kShuttingDown:
    case ErrorCode::kInternal:
      return http::status::service_unavailable;
    case ErrorCode::kUnsupported:
      return http::status::unsupported_media_type;
    default:
      return http::status::bad_request;
  }
}

Response respond_error(const Request& request, const Error& error, model::Sequence expected) {
  const http::status status = status_of(error.code);
  wire::ErrorContext context;
  context.retryable = is_retryable(status);
  context.expected = expected;
  if (status == http::status::service_unavailable) context.retry_after_ms = 1000;
  Response response = respond(request, status, "application/json",
                              wire::encode_http(error, context, wire::Encoding::kJson));
  // Who asks too often pays for a new connection.
  if (status == http::status::too_many_requests) response.keep_alive(false);
  if (context.retry_after_ms != 0) response.set(http::field::retry_after, "1");
  if (status == http::status::unauthorized) {
    response.set(http::field::www_authenticate, "Bearer");
  }
  return response;
}

Response respond_not_found(const Request& request, const std::string& path) {
  return respond_error(
      request, make_error(ErrorCode::kNotFound,
                          "there is no " + path +
                              "; see / (the dashboard, if this hub has one), /tiles/, /v1/stream, "
                              "/v1/events, /v1/sources/PARTNER/SOURCE, /v1/hotspots, /v1/alerts, "
                              "/v1/enrol, /v1/enrolment-codes, /healthz, /readyz, /metrics"));
}

Response respond_method(const Request& request, std::string_view allowed) {
  const Error error = make_error(ErrorCode::kInvalidRequest,
                                 "this path takes " + std::string(allowed) + " only");
  Response response = respond(request, http::status::method_not_allowed, "application/json",
                              wire::encode_http(error, {}, wire::Encoding::kJson));
  response.set(http::field::allow, {allowed.data(), allowed.size()});
  return response;
}

}  // namespace commonwatch::server
