// The commands. Each gives the exit code; what is thrown (InputError, FaultError, BrokenPipe) is
// turned into one by run_command.
#pragma once

#include "clients/cli/options.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/connection.h"

namespace commonwatch::cli {

int publish(const GlobalOptions& global, const PublishOptions& options, Terminal& terminal);
int watch(const GlobalOptions& global, const WatchOptions& options, Terminal& terminal);
int replay(const GlobalOptions& global, const ReplayCommandOptions& options, Terminal& terminal);
int export_records(const GlobalOptions& global, const ExportOptions& options, Terminal& terminal);
int check(const CheckOptions& options, Terminal& terminal);
int status(const GlobalOptions& global, const StatusOptions& options, Terminal& terminal);
int alerts(const GlobalOptions& global, const AlertsOptions& options, Terminal& terminal);
int explain(const GlobalOptions& global, const ExplainOptions& options, Terminal& terminal);
int acknowledge(const GlobalOptions& global, const AcknowledgeOptions& options,
                Terminal& terminal);
int decide(const GlobalOptions& global, const DecideOptions& options, Terminal& terminal);
int simulate(const GlobalOptions& global, const SimulateOptions& options, Terminal& terminal);
int completion(const CompletionOptions& options, Terminal& terminal);
int version(Terminal& terminal);

int run_command(const Invocation& invocation);

// Where and as whom to connect: reads the token's file. Throws InputError.
client::ConnectOptions make_connect_options(const GlobalOptions& global);
// Throws InputError unless it is `partner/source`.
void require_source_name(const std::string& source);
// The version that --version and the hub's log show.
std::string version_text();

}  // namespace commonwatch::cli
