// What leaves a record in the audit log, against what the principal may have recorded and what the
// disk has room for.
#include <utility>

#include "hub/session/session.h"

namespace commonwatch::session {
namespace {

constexpr std::uint32_t kRetryMilliseconds = 1000;

// The number or name by which its client knows a message, in the refusal.
struct Named {
  wire::ErrorContext context;
  std::uint32_t replay = 0;
};

Named name_of(const wire::ClientMessage& message) {
  Named named;
  if (const auto* open = std::get_if<wire::OpenSource>(&message)) {
    named.context.source = open->source;
  } else if (const auto* subscribe = std::get_if<wire::Subscribe>(&message)) {
    named.context.subscription = subscribe->subscription;
  } else if (const auto* update = std::get_if<wire::UpdateSubscription>(&message)) {
    named.context.subscription = update->subscription;
  } else if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&message)) {
    named.context.subscription = unsubscribe->subscription;
  } else if (const auto* replay = std::get_if<wire::ReplayRequest>(&message)) {
    named.replay = replay->replay;
  } else if (const auto* alert = std::get_if<wire::AcknowledgeAlert>(&message)) {
    named.context.request = alert->request;
  } else if (const auto* decide = std::get_if<wire::Decide>(&message)) {
    named.context.request = decide->request;
  }
  return named;
}

}  // namespace

// The end of a subscription is recorded as well, once for each that began.
bool Session::is_recorded(const wire::ClientMessage& message) const {
  if (const auto* unsubscribe = std::get_if<wire::Unsubscribe>(&message)) {
    return !subscriber_.holds(unsubscribe->subscription);
  }
  return !std::holds_alternative<wire::Hello>(message) &&
         !std::holds_alternative<wire::Publish>(message) &&
         !std::holds_alternative<wire::ReplayControl>(message);
}

Result<void> Session::check_recorded(const wire::ClientMessage& message) {
  if (auto room = services_.audit.check_room(); !room) return room;
  return authentication_.take_request(cost_of(message));
}

bool Session::refuse_recorded(const wire::ClientMessage& message) {
  if (!is_recorded(message)) return false;
  const auto allowed = check_recorded(message);
  if (allowed) return false;
  Named named = name_of(message);
  named.context.retryable = true;
  named.context.retry_after_ms = kRetryMilliseconds;
  services_.metrics.count_error(wire::error_name(allowed.error().code));
  outbox_.push(wire::encode(allowed.error(), named.context, encoding_, named.replay));
  return true;
}

}  // namespace commonwatch::session
