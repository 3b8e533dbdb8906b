#include <algorithm>
#include <string>

#include "hub/app/audit_commands.h"
#include "hub/app/commands/commands.h"
#include "hub/app/held_heads.h"
#include "hub/app/open_logs.h"
#include "hub/storage/repair.h"

namespace commonwatch::app {

Result<int> verify(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const auto heads = read_given_heads(given.texts("head"), given.text("heads"), Chain::kEvents);
  if (!heads) return heads.error();
  const auto sound = verify_events(*context.log, *heads, output);
  if (!sound) return sound.error();
  return *sound ? 0 : 1;
}

namespace {

std::string describe(const storage::RepairPlan& plan) {
  std::string text = "damaged: " + plan.damage + "\nkept: every event below offset " +
                     std::to_string(plan.kept.value()) + "\n";
  const std::uint64_t known = plan.durable.value() - std::min(plan.durable, plan.kept).value();
  text += "dropped: " + std::to_string(known) + " events that are known to have been acknowledged" +
          ", and what came behind them\n";
  if (plan.losses.empty() && known > 0) text += "  of which sources cannot be told\n";
  for (const storage::LostOfSource& lost : plan.losses) {
    text += "  " + lost.source.text() + ": sequences " + std::to_string(lost.from.value()) + " to " +
            std::to_string(lost.to.value()) + "\n";
  }
  return text;
}

}  // namespace

Result<int> repair(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const auto& data = context.configuration->data;
  const auto plan = storage::plan_repair(data);
  if (!plan) return plan.error();
  if (plan->is_sound()) {
    output.write("sound: nothing is to be repaired\n");
    return 0;
  }
  output.write(describe(*plan));
  if (!given.flag("drop")) {
    output.write("nothing was changed; try a backup first (restore), or repeat with --drop\n");
    return 1;
  }
  const auto old = storage::carry_out_repair(data, *plan);
  if (!old) return old.error();
  const auto log = open_event_log(*context.configuration, context.clock);
  const auto audit = open_audit_log(*context.configuration, false);
  context.audit = audit.get();
  record(context, model::AuditKind::kOperation, "repair", old->string(), plan->kept.value());
  output.write("repaired: the log has a new epoch; what it was is in " + old->string() + "\n");
  const auto sound = verify_events(*log, {}, output);
  if (!sound) return sound.error();
  return *sound ? 0 : 1;
}

}  // namespace commonwatch::app
