// What one connection leaves in the audit log. Copies are of the same connection. On the session's
// io_context.
#pragma once

#include <optional>
#include <string>

#include "hub/access/principal.h"
#include "hub/pipeline/audit_trail.h"
#include "hub/wire/client_message.h"
#include "hub/wire/server_message.h"

namespace commonwatch::session {

class SessionAudit {
 public:
  // `trail` outlives it; `peer`: address and port.
  SessionAudit(pipeline::AuditTrail& trail, std::string session, std::string peer)
      : trail_(&trail) {
    actor_.session = std::move(session);
    actor_.address = std::move(peer);
  }

  // Before it is known who it is.
  void refused(const Error& error) { trail_->refuse(actor_.address, error.code); }
  void connected(const access::Principal& principal, const std::string& purpose);
  // `reason`: the name of the close code, or `peer`.
  void gone(std::string_view reason);

  // `action`: subscribe, update, unsubscribe.
  void subscribed(const char* action, std::uint32_t subscription, const model::AreaRequest& area,
                  const Result<void>& outcome);
  void opened(const std::string& source, const Result<void>& outcome);
  void replay_begun(const wire::ReplayRequest& request, std::optional<ErrorCode> refused = {});
  // `failure`: why it ended before its end, if it failed.
  void replay_ended(const wire::ReplayRequest& request, const wire::ReplayEnd& sent,
                    const std::optional<Error>& failure);
  void acknowledged(const wire::AcknowledgeAlert& request, const Result<Instant>& outcome);
  void decided(const wire::Decide& request, const Result<Instant>& outcome);

 private:
  template <class T>
  static std::optional<ErrorCode> refusal_of(const Result<T>& outcome) {
    return outcome ? std::nullopt : std::optional(outcome.error().code);
  }
  model::AuditObject object_of(const wire::ReplayRequest& request) const;

  pipeline::AuditTrail* trail_;
  pipeline::AuditActor actor_;
};

}  // namespace commonwatch::session
