#include "hub/app/command.h"

#include "hub/app/running_hub.h"
#include "hub/app/suggestion.h"
#include "hub/pipeline/audit_trail.h"

namespace commonwatch::app {

Error unknown_command(const std::string& name) {
  std::vector<std::string> names = {"serve", "check-config"};
  for (const Command& command : commands()) names.push_back(command.name);
  return make_error(ErrorCode::kNotFound, "there is no command " + name + "; did you mean " +
                                              nearest(name, names) + "? --help lists them all");
}

server::OperatorReply run_command(std::string_view name, std::string_view arguments,
                                  OperatorContext& context, server::OperatorOutput& output) {
  const Command* command = find_command(name);
  if (!command) return {2, unknown_command(std::string(name)).message};
  if (context.running && command->needs == Command::Needs::kNothing) {
    return {2, command->name + " is not the running hub's to do; run it as a command of its own"};
  }
  const auto given = Arguments::read(command->arguments, arguments);
  if (!given) return {2, given.error().message};
  const auto status = command->run(context, *given, output);
  if (!status) return {1, status.error().message};
  return {*status, {}};
}

void record(const OperatorContext& context, model::AuditKind kind, std::string action,
            std::string name, std::uint64_t count) {
  pipeline::AuditActor actor;
  actor.principal = context.by;
  model::AuditObject object;
  object.name = std::move(name);
  object.count = count;
  if (context.running) {
    return context.running->services.audit.record(actor, kind, std::move(action),
                                                  std::move(object));
  }
  pipeline::AuditTrail trail(*context.audit, context.clock, context.configuration->limits);
  trail.record(actor, kind, std::move(action), std::move(object));
}

}  // namespace commonwatch::app
