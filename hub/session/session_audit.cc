#include "hub/session/session_audit.h"

#include <utility>

namespace commonwatch::session {
namespace {

using model::AuditKind;

std::string name_of(model::AlertAction action) {
  switch (action) {
    case model::AlertAction::kSeen:
      return "seen";
    case model::AlertAction::kTaken:
      return "taken";
    case model::AlertAction::kReal:
      return "real";
    case model::AlertAction::kNotReal:
      return "not-real";
    case model::AlertAction::kUnspecified:
      break;
  }
  return "unspecified";
}

std::string name_of(wire::ReplayMode mode) {
  if (mode == wire::ReplayMode::kEvents) return "events";
  return mode == wire::ReplayMode::kHotspots ? "hotspots" : "unspecified";
}

std::string name_of(wire::ReplayEndReason reason) {
  switch (reason) {
    case wire::ReplayEndReason::kEndOfRange:
      return "end";
    case wire::ReplayEndReason::kCancelled:
      return "cancelled";
    case wire::ReplayEndReason::kNoRight:
      return "no-right";
    case wire::ReplayEndReason::kGoneByRetention:
      return "gone";
    case wire::ReplayEndReason::kFailed:
      break;
  }
  return "failed";
}

}  // namespace

void SessionAudit::connected(const access::Principal& principal, const std::string& purpose) {
  actor_.principal = principal.name;
  actor_.audience = principal.audience;
  actor_.purpose = purpose;
  trail_->record(actor_, AuditKind::kConnection, "begin");
}

void SessionAudit::gone(std::string_view reason) {
  model::AuditObject why;
  why.name = reason;
  trail_->record(actor_, AuditKind::kConnection, "end", std::move(why));
}

void SessionAudit::subscribed(const char* action, std::uint32_t subscription,
                              const model::AreaRequest& area, const Result<void>& outcome) {
  model::AuditObject object;
  object.name = "hotspots/" + std::to_string(subscription);
  object.cells = trail_->cells_of(area);
  trail_->record(actor_, AuditKind::kSubscription, action, std::move(object), refusal_of(outcome));
}

void SessionAudit::opened(const std::string& source, const Result<void>& outcome) {
  model::AuditObject object;
  object.name = source;
  trail_->record(actor_, AuditKind::kPublishing, "open", std::move(object), refusal_of(outcome));
}

model::AuditObject SessionAudit::object_of(const wire::ReplayRequest& request) const {
  model::AuditObject object;
  object.name = name_of(request.mode);
  if (!request.audience.empty()) object.name += " as " + request.audience;
  for (const auto* names : {&request.partners, &request.sources}) {
    for (const std::string& name : *names) object.name += " " + name;
  }
  object.cells = trail_->cells_of(request.area);
  object.from = request.from_recorded ? request.from_recorded : request.from_occurred;
  object.to = request.to_recorded ? request.to_recorded : request.to_occurred;
  return object;
}

void SessionAudit::replay_begun(const wire::ReplayRequest& request,
                                std::optional<ErrorCode> refused) {
  trail_->record(actor_, AuditKind::kReplay, "begin", object_of(request), refused);
}

void SessionAudit::replay_ended(const wire::ReplayRequest& request, const wire::ReplayEnd& sent,
                                const std::optional<Error>& failure) {
  model::AuditObject object = object_of(request);
  object.count = sent.count;
  trail_->record(actor_, AuditKind::kReplay, failure ? "failed" : name_of(sent.reason),
                 std::move(object), failure ? std::optional(failure->code) : std::nullopt);
}

void SessionAudit::acknowledged(const wire::AcknowledgeAlert& request,
                                const Result<Instant>& outcome) {
  model::AuditObject object;
  object.name = request.alert_id + "/" + std::to_string(request.alert_version);
  trail_->record(actor_, AuditKind::kAcknowledgement, name_of(request.action), std::move(object),
                 refusal_of(outcome));
}

void SessionAudit::decided(const wire::Decide& request, const Result<Instant>& outcome) {
  model::AuditObject object;
  std::string action = "pair";
  if (const auto* pair = std::get_if<model::PairDecision>(&request.subject)) {
    object.name = pair->first.source.text() + " " + pair->first.record_id + ", " +
                  pair->second.source.text() + " " + pair->second.record_id;
  } else {
    action = "site";
    object.cells = {std::get<model::SiteDecision>(request.subject).cell};
  }
  trail_->record(actor_, AuditKind::kDecision, std::move(action), std::move(object),
                 refusal_of(outcome));
}

}  // namespace commonwatch::session
