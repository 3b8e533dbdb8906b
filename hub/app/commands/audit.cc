// `audit show | export | verify`.
#include "hub/app/audit_commands.h"
#include "hub/app/commands/commands.h"
#include "hub/app/held_heads.h"

namespace commonwatch::app {
namespace {

Result<AuditFilter> filter_of(const Arguments& given) {
  return AuditFilter::parse(given.text("principal"), given.text("audience"), given.text("kind"),
                            given.text("from"), given.text("to"));
}

}  // namespace

Result<int> show_audit_log(OperatorContext& context, const Arguments& given,
                           OperatorOutput& output) {
  const auto filter = filter_of(given);
  if (!filter) return filter.error();
  const auto count = show_audit(*context.audit, *filter, output);
  if (!count) return count.error();
  // A log that is damaged takes no record: looking at it changes nothing.
  record(context, model::AuditKind::kOperation, "audit-show", "audit", *count);
  return 0;
}

Result<int> export_audit_log(OperatorContext& context, const Arguments& given,
                             OperatorOutput& output) {
  const auto filter = filter_of(given);
  if (!filter) return filter.error();
  const auto count = export_audit(*context.audit, *filter, output);
  if (!count) return count.error();
  record(context, model::AuditKind::kExport, "audit-export", "audit", *count);
  return 0;
}

Result<int> verify_audit_log(OperatorContext& context, const Arguments& given,
                             OperatorOutput& output) {
  const auto heads = read_given_heads(given.texts("head"), given.text("heads"), Chain::kAudit);
  if (!heads) return heads.error();
  const Instant kept_since =
      context.clock.wall() - std::chrono::days(context.configuration->retention.audit_days);
  return verify_audit(*context.audit, *heads, kept_since, output) ? 0 : 1;
}

}  // namespace commonwatch::app
