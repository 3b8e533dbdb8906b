#include "clients/cli/commands.h"

#include <fstream>
#include <iterator>

#include "clients/cli/exit_code.h"
#include "clients/cli/signals.h"
#include "hub/model/ids.h"

namespace commonwatch::cli {
namespace {

constexpr std::string_view kVersion = "0.1.0";

std::string read_token(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw InputError("cannot read the token from " + path.string());
  std::string token(std::istreambuf_iterator<char>(in), {});
  while (!token.empty() && std::isspace(static_cast<unsigned char>(token.back())) != 0) {
    token.pop_back();
  }
  if (token.empty()) throw InputError("there is no token in " + path.string());
  if (token.size() > 512 || token.find_first_of(" \t\r\n") != std::string::npos) {
    throw InputError("what stands in " + path.string() +
                     " is no token: one line of at most 512 bytes");
  }
  return token;
}

struct Dispatch {
  const GlobalOptions& global;

  int operator()(const PublishOptions& o) { return with("publish", publish, o); }
  int operator()(const WatchOptions& o) { return with("watch", watch, o); }
  int operator()(const ReplayCommandOptions& o) { return with("replay", replay, o); }
  int operator()(const ExportOptions& o) { return with("export", export_records, o); }
  int operator()(const StatusOptions& o) { return with("status", status, o); }
  int operator()(const AlertsOptions& o) { return with("alerts", alerts, o); }
  int operator()(const ExplainOptions& o) { return with("explain", explain, o); }
  int operator()(const AcknowledgeOptions& o) { return with("acknowledge", acknowledge, o); }
  int operator()(const DecideOptions& o) { return with("decide", decide, o); }
  int operator()(const SimulateOptions& o) { return with("simulate", simulate, o); }
  int operator()(const CheckOptions& o) { return alone("check", check, o); }
  int operator()(const CompletionOptions& o) { return alone("completion", completion, o); }
  int operator()(const VersionOptions&) {
    return guarded("version", [](Terminal& terminal) { return version(terminal); });
  }

  template <class Command, class Options>
  int with(const char* name, Command command, const Options& options) {
    return guarded(name, [&](Terminal& terminal) { return command(global, options, terminal); });
  }
  template <class Command, class Options>
  int alone(const char* name, Command command, const Options& options) {
    return guarded(name, [&](Terminal& terminal) { return command(options, terminal); });
  }
  template <class Body>
  int guarded(const char* name, Body body) {
    Terminal terminal(global, name);
    int code = kFailed;
    try {
      code = body(terminal);
    } catch (const BrokenPipe&) {
      code = kDone;
    } catch (const client::FaultError& error) {
      terminal.complain(error.what());
      code = exit_code_of(error.fault());
    } catch (const InputError& error) {
      terminal.complain(error.what());
      code = kBadInput;
    } catch (const std::exception& error) {
      terminal.complain(error.what());
    }
    return exit_code_after_signals(code);
  }
};

}  // namespace

std::string version_text() { return "commonwatch " + std::string(kVersion); }

int version(Terminal& terminal) {
  terminal.line(version_text());
  return kDone;
}

client::ConnectOptions make_connect_options(const GlobalOptions& global) {
  client::ConnectOptions options;
  auto endpoint = client::parse_endpoint(global.server);
  if (!endpoint) throw client::FaultError(endpoint.error());
  options.endpoint = *endpoint;
  options.tls = {global.ca, global.cert, global.key};
  options.token = global.token_file.empty() ? global.token : read_token(global.token_file);
  options.client_name = "commonwatch/" + std::string(kVersion);
  options.timeout = global.timeout;
  return options;
}

void require_source_name(const std::string& source) {
  if (model::SourceName::parse(source)) return;
  throw InputError("--source \"" + source +
                   "\" is no source; write PARTNER/SOURCE, each 1 to 64 of a-z 0-9 - _ . and not "
                   "beginning with a dot");
}

int run_command(const Invocation& invocation) {
  return std::visit(Dispatch{invocation.global}, invocation.command);
}

}  // namespace commonwatch::cli
