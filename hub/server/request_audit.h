// What one HTTP request leaves in the audit log. Any thread.
#pragma once

#include <string>

#include "hub/server/routes.h"

namespace commonwatch::server {

// What was read or posted, as far as the route knows it: it sets name, area and count.
struct RequestAudit {
  pipeline::AuditTrail& trail;
  std::string peer;  // address and port
  model::AuditObject object;

  // Nobody known asked.
  void refused(const Error& error) const { trail.refuse(peer, error.code); }
  // What the route answered; the outcome is what its status says.
  void answered(const access::Principal& principal, const Response& response, model::AuditKind kind,
                std::string action);
  // A device became a source, by somebody's code.
  void enrolled(const std::string& device, const std::string& created_by);
};

}  // namespace commonwatch::server
