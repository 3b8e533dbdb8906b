#include "hub/app/command.h"

#include "hub/app/suggestion.h"

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
  const auto given = Arguments::read(command->arguments, arguments);
  if (!given) return {2, given.error().message};
  const auto status = command->run(context, *given, output);
  if (!status) return {1, status.error().message};
  return {*status, {}};
}

}  // namespace commonwatch::app
