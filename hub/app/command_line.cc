#include "hub/app/command_line.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "hub/app/hub.h"
#include "hub/pipeline/configuration.h"
#include "hub/telemetry/log.h"

namespace commonwatch::app {
namespace {

struct Flags {
  std::string config;
  std::string listen;
  std::string data;
  std::string clock;
};

Configuration configure(const Flags& flags) {
  Configuration configuration =
      flags.config.empty() ? Configuration() : read_configuration(flags.config);
  if (!flags.listen.empty()) {
    const auto address = server::ListenAddress::parse(flags.listen);
    if (!address) {
      throw Failure(make_error(ErrorCode::kInvalidRequest,
                               "--listen takes ADDRESS:PORT, like 127.0.0.1:8710, not " +
                                   flags.listen));
    }
    configuration.listen = *address;
  }
  if (!flags.data.empty()) configuration.data = flags.data;
  if (!flags.clock.empty()) {
    configuration.clock =
        flags.clock == "events" ? storage::ClockMode::kEvents : storage::ClockMode::kWall;
  }
  check_configuration(configuration);
  return configuration;
}

int verify(const Configuration& configuration) {
  if (!std::filesystem::exists(configuration.data)) {
    std::cerr << "commonwatch-hub: there is no data directory " << configuration.data.string()
              << "; name it with --data\n";
    return 1;
  }
  storage::LogOptions options;
  options.directory = configuration.data;
  options.clock_mode = configuration.clock;
  options.limits = configuration.limits;
  const SystemClock clock;
  const auto log = storage::EventLog::open(options, clock);
  if (!log) {
    std::cerr << "commonwatch-hub: " << log.error().message << "\n";
    return 1;
  }
  const storage::VerifyReport report = (*log)->verify();
  for (const std::string& fault : report.faults) std::cout << "fault: " << fault << "\n";
  std::cout << report.chunks << " chunks, " << report.events << " events, chain head ";
  for (const char byte : report.chain_head) {
    std::cout << "0123456789abcdef"[(static_cast<unsigned char>(byte)) >> 4U]
              << "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
  }
  std::cout << (report.faults.empty() ? ": sound" : ": DAMAGED") << "\n";
  return report.faults.empty() ? 0 : 1;
}

int serve(const Configuration& configuration) {
  telemetry::set_log_level(configuration.log_level);
  Hub hub(configuration);
  return hub.run();
}

void add_flags(CLI::App& command, Flags& flags) {
  command.add_option("--config", flags.config, "TOML file; see print-config for every key");
  command.add_option("--listen", flags.listen, "ADDRESS:PORT (default 127.0.0.1:8710)");
  command.add_option("--data", flags.data, "data directory (default ./commonwatch-data)");
  command.add_option("--clock", flags.clock,
                     "what recorded time follows: wall, or events for back-tests")
      ->check(CLI::IsMember({"wall", "events"}));
}

}  // namespace

int run_command_line(int argc, char** argv) {
  // What the hub writes is for its own account alone.
  umask(0077);
  CLI::App app("Commonwatch hub: takes event streams from partner agencies, makes them durable, "
               "shows hotspots live, and replays the log.");
  app.set_version_flag("--version", std::string(pipeline::kHubName));
  app.require_subcommand(0, 1);
  app.fallthrough();
  Flags flags;
  add_flags(app, flags);
  app.add_subcommand("serve", "run the hub (the default)")->fallthrough();
  auto* check = app.add_subcommand("check-config", "read the configuration and say what is wrong");
  auto* print = app.add_subcommand("print-config", "print the whole configuration, explained");
  auto* verification =
      app.add_subcommand("verify", "check every chunk of a data directory that no hub has open");
  for (auto* command : {check, print, verification}) command->fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    const Configuration configuration = configure(flags);
    if (*check) {
      std::cout << "the configuration is sound\n";
      return 0;
    }
    if (*print) {
      std::cout << print_configuration(configuration);
      return 0;
    }
    return *verification ? verify(configuration) : serve(configuration);
  } catch (const std::exception& failure) {
    std::cerr << "commonwatch-hub: " << failure.what() << "\n";
    return 1;
  }
}

}  // namespace commonwatch::app
