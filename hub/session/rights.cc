// What a session does, against what its principal may do now.
#include "hub/session/session.h"

namespace commonwatch::session {

bool Session::refresh_rights() {
  if (close_code_) return false;
  const auto changed = authentication_.refresh();
  if (changed && !*changed && channel_->agrees(epoch_)) return true;
  epoch_ = channel_->epoch.get();
  if (changed) publisher_->set_principal(authentication_.shared_principal());
  const auto allowed = changed ? check_uses() : Result<void>(changed.error());
  if (allowed) return true;
  end_without_rights(allowed.error());
  return false;
}

Result<void> Session::check_uses() const {
  const access::Principal& principal = authentication_.principal();
  if (principal.audience != channel_->audience) {
    return make_error(ErrorCode::kForbidden, principal.name + " is of the audience " +
                                                 principal.audience + " now; connect again");
  }
  if (subscriber_.is_active()) {
    if (auto allowed = check_subscribe(); !allowed) return allowed;
  }
  for (const auto& [number, replayer] : replayers_) {
    if (auto allowed = replayer->check_rights(principal); !allowed) return allowed;
  }
  return publisher_->check_rights();
}

Result<void> Session::check_subscribe() const {
  const access::Principal& principal = authentication_.principal();
  auto allowed = principal.may(access::Operation::kSubscribe, {nullptr, {}, "subscribe"});
  return allowed ? pipeline::check_purpose(*epoch_->view, principal) : allowed;
}

void Session::end_without_rights(const Error& error) {
  if (!rights_lost_) rights_lost_ = now();
  switch (error.code) {
    case ErrorCode::kUnauthenticated:
      return end(error, wire::CloseCode::kBadToken);
    case ErrorCode::kForbidden:
      return end(error, wire::CloseCode::kNoRight);
    case ErrorCode::kRateLimited:
      return end(error, wire::CloseCode::kOverRate);
    default:
      return end(error, wire::CloseCode::kProtocolViolation);
  }
}

}  // namespace commonwatch::session
