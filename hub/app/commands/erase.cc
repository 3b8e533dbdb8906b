#include <optional>

#include "hub/app/commands/commands.h"
#include "hub/app/running_hub.h"
#include "hub/pipeline/erasure.h"

namespace commonwatch::app {
namespace {

// For a person, with the backups that still hold the record. Does not repeat the record's id.
std::string describe(const storage::Erased& erased) {
  std::string text = "erased: " + std::to_string(erased.events) +
                     " events of the record are gone from the log, its indexes and checkpoints\n";
  if (erased.backups.empty()) {
    return text + "no backup that this hub knows of holds it; if there are others, erase there\n";
  }
  text += "these backups still hold it; delete them, or erase again after a restore:\n";
  for (const std::string& backup : erased.backups) text += "  " + backup + "\n";
  return text;
}

}  // namespace

Result<int> erase(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const std::string source = given.text("SOURCE");
  std::optional<Result<storage::Erased>> erased;
  const auto last = context.log->last_erasure();
  const auto erase = [&] {
    erased = pipeline::erase_record(*context.log, source, given.text("RECORD"), context.by);
    // Also one that a stop has interrupted: the next start completes it.
    const bool begun = context.log->last_erasure() != last;
    if (begun) {
      record(context, model::AuditKind::kErasure, "erase", source, *erased ? (*erased)->events : 0);
    }
  };
  if (context.running) {
    const std::lock_guard no_backup(context.running->backups_mutex);
    try {
      // What is shown rests on the record until it is folded anew.
      context.running->alter(erase);
    } catch (const Failure& failure) {
      // A hub that stops folds anew when it starts.
      if (!erased || failure.error().code != ErrorCode::kShuttingDown) throw;
    }
  } else {
    erase();
  }
  if (!*erased && context.log->last_erasure() != last) {
    return make_error(ErrorCode::kShuttingDown,
                      "the hub stops: the erasure has begun, and the next start completes it; look "
                      "at the backups that may still hold the record");
  }
  if (!*erased) return erased->error();
  output.write(describe(**erased));
  return 0;
}

}  // namespace commonwatch::app
