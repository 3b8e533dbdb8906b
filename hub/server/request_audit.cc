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
                            model::AuditKind kind, std::string action) {
  pipeline::AuditActor actor;
  actor.principal = principal.name;
  actor.audience = principal.audience;
  actor.address = peer;
  actor.purpose = principal.purpose;
  trail.record(actor, kind, std::move(action), std::move(object), refusal_of(response.result()));
}

void RequestAudit::enrolled(const std::string& device, const std::string& created_by) {
  pipeline::AuditActor actor;
  actor.principal = created_by;
  actor.address = peer;
  object.name = device;
  trail.record(actor, model::AuditKind::kEnrolment, "redeem", std::move(object));
}

}  // namespace commonwatch::server
