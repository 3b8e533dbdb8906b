#include "hub/model/audit.h"

#include <array>
#include <utility>

namespace commonwatch::model {
namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"unspecified", "operation", "connection", "refusal", "subscription", "replay", "read",
     "export", "publishing", "acknowledgement", "decision", "configuration", "token", "enrolment",
     "erasure", "retention", "alert-push"});
static_assert(kNames.size() == static_cast<std::size_t>(AuditKind::kAlertPush) + 1);

}  // namespace

std::string_view audit_kind_name(AuditKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number < kNames.size() ? kNames[number] : kNames[0];
}

std::optional<AuditKind> parse_audit_kind(std::string_view name) {
  for (std::size_t number = 1; number < kNames.size(); ++number) {
    if (kNames[number] == name) return static_cast<AuditKind>(number);
  }
  return std::nullopt;
}

std::string audit_kind_names() {
  std::string names;
  for (std::size_t number = 1; number < kNames.size(); ++number) {
    names.append(names.empty() ? "" : ", ").append(kNames[number]);
  }
  return names;
}

}  // namespace commonwatch::model
