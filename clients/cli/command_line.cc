#include "clients/cli/command_line.h"

#include <cstdlib>
#include <map>

#include "clients/cli/command_values.h"
#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/operator_options.h"

namespace commonwatch::cli {
namespace {

const std::map<std::string, Format> kFormats{{"auto", Format::kAuto},
                                             {"csv", Format::kCsv},
                                             {"ndjson", Format::kNdjson},
                                             {"protobuf", Format::kProtobuf}};
const std::map<std::string, MinSeverity> kSeverities{
    {"note", MinSeverity::kNote}, {"watch", MinSeverity::kWatch}, {"alert", MinSeverity::kAlert}};
const std::map<std::string, ExportFormat> kExportFormats{{"ndjson", ExportFormat::kNdjson},
                                                         {"csv", ExportFormat::kCsv},
                                                         {"geojson", ExportFormat::kGeojson}};

// Everything that can be asked for, side by side; the subcommand that was named decides.
struct Parsed {
  GlobalOptions global;
  PublishOptions publish;
  WatchOptions watch;
  ReplayCommandOptions replay;
  ExportOptions exporting;
  CheckOptions check;
  StatusOptions status;
  AlertsOptions alerts;
  ExplainOptions explain;
  AcknowledgeOptions acknowledge;
  DecideOptions decide;
  SimulateOptions simulate;
  CompletionOptions completion;
};

void add_global(CLI::App& app, GlobalOptions& global) {
  app.add_option("--server", global.server, "The hub: ws://HOST:PORT, wss://HOST:PORT or a host")
      ->envname("COMMONWATCH_SERVER")
      ->type_name("URL")
      ->capture_default_str();
  app.add_option("--token-file", global.token_file,
                 "File with the token (COMMONWATCH_TOKEN: the token itself)")
      ->envname("COMMONWATCH_TOKEN_FILE")
      ->type_name("FILE");
  app.add_option("--ca", global.ca, "Certificate authorities to trust, PEM (default: the system's)")
      ->envname("COMMONWATCH_CA")
      ->type_name("FILE");
  app.add_option("--cert", global.cert, "Client certificate, PEM")
      ->envname("COMMONWATCH_CERT")
      ->type_name("FILE");
  app.add_option("--key", global.key, "Key of the client certificate, PEM")
      ->envname("COMMONWATCH_KEY")
      ->type_name("FILE");
  add_duration(&app, "--timeout", global.timeout, "How long to wait for an answer (10s)")
      ->envname("COMMONWATCH_TIMEOUT");
  app.add_flag("--json", global.json, "Data and summary as JSON");
  app.add_flag("-q,--quiet", global.quiet, "Only faults on standard error");
  app.add_flag("-v,--verbose", global.verbose, "Say more on standard error");
  app.add_flag("--no-color", global.no_color, "No colours (as NO_COLOR)");
}

void add_input(CLI::App* command, std::vector<std::string>& inputs,
               std::optional<std::filesystem::path>& mapping, Format& format) {
  command->add_option("INPUT", inputs, "Files, plain or gzipped; - is standard input")
      ->required()
      ->type_name("");
  command
      ->add_option_function<std::string>(
          "--map", [&mapping](const std::string& path) { mapping = path; },
          "Mapping from CSV columns to fields, TOML")
      ->type_name("FILE");
  add_choice(command, "--format", format, kFormats, "auto, csv, ndjson or protobuf");
}

void add_publish(CLI::App& app, PublishOptions& options) {
  auto* command = add_command(app, "publish", "Send events; goes on where it stopped",
                              "  commonwatch publish --source county-ems/cad --map cad.toml "
                              "calls.csv.gz");
  command->add_option("--source", options.source, "The stream that is published: PARTNER/SOURCE")
      ->required()
      ->type_name("NAME");
  add_input(command, options.inputs, options.mapping, options.format);
  command->add_flag("-F,--follow", options.follow, "Go on as the file grows, over rotation");
  add_parsed(
      command, "--from", options.from_start,
      [](const std::string& text) -> std::optional<bool> {
        if (text == "start") return true;
        if (text == "resume") return false;
        return std::nullopt;
      },
      "start or resume", "start: read files from their beginning; resume (default)")
      ->type_name("WHERE");
  command->add_option("--rejects", options.rejects, "Write rejected and unreadable rows, NDJSON")
      ->type_name("FILE");
  command->add_option("--batch", options.batch, "Events in one message at most")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  add_parsed(command, "--rate", options.rate, parse_rate, "a rate such as 100/s",
             "Events a second at most")
      ->type_name("N/s");
  command
      ->add_option_function<std::string>(
          "--retry-max",
          [&options](const std::string& text) {
            options.retry_max = text == "none" ? Milliseconds(0) : parse_duration(text);
            if (!options.retry_max) {
              throw CLI::ValidationError("--retry-max",
                                         "\"" + text + "\" is neither a duration nor none");
            }
          },
          "Give up when no hub is reached for so long (5m; with --follow none)")
      ->type_name("DURATION");
  command
      ->add_option("--state-dir", options.state_dir,
                   "Where spool and positions are kept ($XDG_STATE_HOME/commonwatch)")
      ->type_name("DIR");
  command->add_flag("--accept-loss", options.accept_loss,
                    "Go on although the hub lost events that the spool no longer holds");
}

void add_watch(CLI::App& app, WatchOptions& options) {
  auto* command = add_command(app, "watch", "Show hotspots live: a table, or JSON lines in a pipe",
                              "  commonwatch watch --area 40.0,-75.7,40.5,-75.0 --min-severity "
                              "watch");
  add_area(command, options.area);
  command->add_option("--top", options.top, "Rows of the table")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  add_choice(command, "--min-severity", options.min_severity, kSeverities,
             "Of the table: note, watch or alert");
  command->add_option("--count", options.count, "End after so many messages")->type_name("N");
  add_duration(command, "--for", options.duration, "End after so long");
  command
      ->add_option("--resume", options.resume,
                   "With --json: keep the position in FILE, and go "
                   "on from there")
      ->type_name("FILE");
}

void add_replay(CLI::App& app, ReplayCommandOptions& options) {
  auto* command = add_command(app, "replay", "Show the past: events, or hotspots as they were seen",
                              "  commonwatch replay --mode hotspots --from 2016-03-01 --to "
                              "2016-04-01 --json");
  const std::map<std::string, bool> modes{{"events", false}, {"hotspots", true}};
  const std::map<std::string, bool> times{{"recorded", false}, {"occurred", true}};
  const std::map<std::string, bool> knowledge{{"then", false}, {"now", true}};
  add_choice(command, "--mode", options.hotspots, modes, "events (default) or hotspots");
  auto* from = add_time(command, "--from", options.from, "Begin here (default: the beginning)");
  add_time(command, "--to", options.to, "End before this (default: what is there now)");
  add_choice(command, "--by", options.by_occurred, times,
             "What --from and --to mean: recorded (default) or occurred time");
  command->add_option("--cursor", options.cursor, "Go on behind a page of an earlier replay")
      ->excludes(from)
      ->type_name("CURSOR");
  command->add_option("--partner", options.partners, "Only events of these partners")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAME");
  command->add_option("--sources", options.sources, "Only events of these sources")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAME");
  command->add_option("--kind", options.kinds, "Only overdose, area_count or retraction")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::IsMember({"overdose", "area_count", "retraction"}))
      ->type_name("KIND");
  add_area(command, options.area);
  add_choice(command, "--knowledge", options.knowledge_now, knowledge,
             "then (default): as it was known; now: last revisions, without retracted");
  add_parsed(command, "--speed", options.speed, parse_speed, "a factor or max",
             "1: as it went, 60: a minute a second, max (default)")
      ->type_name("N");
  command->add_flag("--follow", options.follow, "Go on live at the end");
}

void add_export(CLI::App& app, ExportOptions& options) {
  auto* command = add_command(app, "export", "Write the current records to a file",
                              "  commonwatch export --format geojson --from -30d -o month.geojson");
  add_choice(command, "--format", options.format, kExportFormats, "ndjson (default), csv, geojson");
  command->add_option("-o,--output", options.output, "File, or - for standard output")
      ->type_name("FILE")
      ->capture_default_str();
  add_time(command, "--from", options.from, "Occurred at this time or later");
  add_time(command, "--to", options.to, "Occurred before this time");
  add_area(command, options.area);
  command->add_option("--source", options.sources, "Only records of these sources")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAME");
}

void add_simulate(CLI::App& app, SimulateOptions& options) {
  auto* command = add_command(app, "simulate", "Publish a made-up city with outbreaks",
                              "  commonwatch simulate --seed 7 --days 90 --speed 86400");
  auto& city = options.city;
  command->add_option("--seed", city.seed, "The same seed gives the same city")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--days", city.days, "How long")
      ->check(CLI::Range(1, 36'500))
      ->type_name("N")
      ->capture_default_str();
  add_parsed(command, "--speed", options.speed, parse_speed, "a factor or max",
             "1: as it goes, 86400: a day a second, max (default)")
      ->type_name("N");
  command
      ->add_option("--agencies", options.agencies,
                   "Only these sources, of sim-ems/cad, "
                   "sim-police/rms, sim-hospital/ed")
      ->delimiter(',')
      ->check(CLI::IsMember(City::sources()))
      ->type_name("NAMES");
  command
      ->add_option_function<std::string>(
          "--start",
          [&options](const std::string& text) {
            const auto start = parse_time(text, now());
            if (!start) throw CLI::ValidationError("--start", "\"" + text + "\" is not a time");
            options.city.start = *start;
            options.start_given = true;
          },
          "Midnight of the first day (default: so that the last day ends today)")
      ->type_name("TIME");
  command->add_option("--incidents-per-day", city.incidents_per_day, "Mean, without outbreaks")
      ->check(CLI::Range(0.01, 10'000.0))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--outbreak-every-days", city.outbreak_every_days, "One outbreak in so many")
      ->check(CLI::Range(3, 3650))
      ->type_name("N")
      ->capture_default_str();
}

void add_commands(CLI::App& app, Parsed& parsed) {
  add_global(app, parsed.global);
  add_publish(app, parsed.publish);
  add_watch(app, parsed.watch);
  add_replay(app, parsed.replay);
  add_export(app, parsed.exporting);
  auto* check = add_command(app, "check", "Validate files as the hub would, send nothing",
                            "  commonwatch check --source county-ems/cad --map cad.toml calls.csv");
  check->add_option("--source", parsed.check.source, "PARTNER/SOURCE")->type_name("NAME");
  add_input(check, parsed.check.inputs, parsed.check.mapping, parsed.check.format);
  auto* status = add_command(app, "status", "Is the hub there, who am I, what has it of me",
                             "  commonwatch status --source county-ems/cad");
  status->add_option("--source", parsed.status.sources, "Show the hub's position of these sources")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAME");
  add_operator_commands(app, parsed.alerts, parsed.explain, parsed.acknowledge, parsed.decide);
  add_simulate(app, parsed.simulate);
  auto* completion = add_command(app, "completion", "Print a completion script for a shell",
                                 "  commonwatch completion bash > "
                                 "~/.local/share/bash-completion/completions/commonwatch");
  completion->add_option("SHELL", parsed.completion.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->type_name("");
  add_command(app, "version", "Print the version", "  commonwatch version");
}

Invocation choose(const CLI::App& app, Parsed& parsed) {
  Invocation invocation{parsed.global, VersionOptions{}};
  const std::string name = app.get_subcommands().front()->get_name();
  if (name == "publish") invocation.command = parsed.publish;
  if (name == "watch") invocation.command = parsed.watch;
  if (name == "replay") invocation.command = parsed.replay;
  if (name == "export") invocation.command = parsed.exporting;
  if (name == "check") invocation.command = parsed.check;
  if (name == "status") invocation.command = parsed.status;
  if (name == "alerts") invocation.command = parsed.alerts;
  if (name == "explain") invocation.command = parsed.explain;
  if (name == "acknowledge") invocation.command = parsed.acknowledge;
  if (name == "decide") invocation.command = parsed.decide;
  if (name == "simulate") invocation.command = parsed.simulate;
  if (name == "completion") invocation.command = parsed.completion;
  return invocation;
}

OptionSpec describe(const CLI::Option& option) {
  OptionSpec spec;
  for (const auto& name : option.get_snames()) spec.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) spec.names.push_back("--" + name);
  spec.description = option.get_description();
  spec.takes_value = option.get_items_expected_max() > 0;
  const auto type = option.get_type_name();
  spec.takes_path = type.starts_with("FILE") || type.starts_with("DIR");
  const auto begin = type.find('{');
  if (begin == std::string::npos) return spec;
  std::string value;
  for (const char c : type.substr(begin + 1)) {
    if (c != ',' && c != '}') {
      value.push_back(c);
      continue;
    }
    spec.values.push_back(value);
    value.clear();
    if (c == '}') break;
  }
  return spec;
}

std::vector<OptionSpec> describe_options(const CLI::App& app) {
  std::vector<OptionSpec> specs;
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) specs.push_back(describe(*option));
  }
  return specs;
}

void configure(CLI::App& app) {
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", version_text());
  app.footer(
      "COMMAND --help tells more. Exit codes: 0 done, 1 failed, 2 usage, 3 done but some "
      "rejected,\n"
      "4 no right, 5 unreachable, 6 position lost, 7 bad input, 130 and 143 after a signal.");
}

}  // namespace

std::variant<Invocation, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Commonwatch: overdose hotspots of a city, live. The client's side.", "commonwatch");
  Parsed parsed;
  configure(app);
  add_commands(app, parsed);
  if (const char* token = std::getenv("COMMONWATCH_TOKEN")) parsed.global.token = token;
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& shown) {
    return app.exit(shown);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return static_cast<int>(kUsage);
  }
  return choose(app, parsed);
}

CommandTree command_tree() {
  CLI::App app("", "commonwatch");
  Parsed parsed;
  configure(app);
  add_commands(app, parsed);
  CommandTree tree;
  tree.global = describe_options(app);
  for (const auto* command : app.get_subcommands(nullptr)) {
    CommandSpec spec;
    spec.name = command->get_name();
    spec.description = command->get_description();
    spec.options = describe_options(*command);
    spec.takes_files = command->get_option_no_throw("INPUT") != nullptr;
    tree.commands.push_back(spec);
  }
  return tree;
}

}  // namespace commonwatch::cli
