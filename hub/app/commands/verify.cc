#include "hub/app/audit_commands.h"
#include "hub/app/commands/commands.h"
#include "hub/app/held_heads.h"

namespace commonwatch::app {

Result<int> verify(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const auto heads = read_given_heads(given.texts("head"), given.text("heads"), Chain::kEvents);
  if (!heads) return heads.error();
  const auto sound = verify_events(*context.log, *heads, output);
  if (!sound) return sound.error();
  return *sound ? 0 : 1;
}

}  // namespace commonwatch::app
