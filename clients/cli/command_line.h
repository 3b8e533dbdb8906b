// Reads the command line. With operator_options, the only files that know CLI11.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "clients/cli/options.h"

namespace commonwatch::cli {

// The invocation; or the exit code, when help was shown or the usage was wrong (said on stderr).
std::variant<Invocation, int> parse_command_line(int argc, const char* const* argv);

// The option tree, for shell completion and for tests.
struct OptionSpec {
  std::vector<std::string> names;  // `--json`, `-q`
  std::string description;
  bool takes_value = false;
  bool takes_path = false;
  std::vector<std::string> values;  // when there are only so many
};
struct CommandSpec {
  std::string name;
  std::string description;
  std::vector<OptionSpec> options;
  bool takes_files = false;
};
struct CommandTree {
  std::vector<OptionSpec> global;
  std::vector<CommandSpec> commands;
};
CommandTree command_tree();

}  // namespace commonwatch::cli
