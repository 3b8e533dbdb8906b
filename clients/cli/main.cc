#include "clients/cli/command_line.h"
#include "clients/cli/commands.h"
#include "clients/cli/signals.h"

int main(int argc, char** argv) {
  commonwatch::cli::watch_signals();
  const auto parsed = commonwatch::cli::parse_command_line(argc, argv);
  if (const auto* code = std::get_if<int>(&parsed)) return *code;
  return commonwatch::cli::run_command(std::get<commonwatch::cli::Invocation>(parsed));
}
