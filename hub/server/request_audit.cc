#include "hub/server/request_audit.h"

#include <optional>
#include <utility>

#include "hub/server/respond.h"

namespace commonwatch::server {
namespace {

namespace http = boost::beast::http;

std::optional<ErrorCode> refusal_of(http::status status) {
  if (http::to_status_class(status) == http::status_class::successful) return std::nullopt;
  for (const ErrorCode code :
       {ErrorCode::kForbidden, ErrorCode::kNotFound, ErrorCode::kRecovering, ErrorCode::kSourceBusy,
        ErrorCode::kUnsupported, ErrorCode::kMessageTooLarge, ErrorCode::kRateLimited,
        ErrorCode::kNoSpace, ErrorCode::kInternal}) {
    if (status_of(code) == status) return code;
  }
  return ErrorCode::kInvalidRequest;
}

}  // namespace

void RequestAudit::answered(const access::Principal& principal, const Response& response,
                            bool posted) {
  pipeline::AuditActor actor;
  actor.principal = principal.name;
  actor.audience = principal.audience;
  actor.address = peer;
  trail.record(actor, posted ? model::AuditKind::kPublishing : model::AuditKind::kRead,
               posted ? "post" : "get", std::move(object), refusal_of(response.result()));
}

}  // namespace commonwatch::server
