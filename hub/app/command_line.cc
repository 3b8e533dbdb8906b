#include "hub/app/command_line.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <map>

#include "hub/app/command.h"
#include "hub/app/hub.h"
#include "hub/app/offline.h"
#include "hub/pipeline/configuration.h"
#include "hub/server/operator_client.h"

namespace commonwatch::app {
namespace {

namespace json = boost::json;
using Kind = Argument::Kind;

class StandardOutput final : public server::OperatorOutput {
 public:
  bool write(std::string_view text) override {
    std::cout << text << std::flush;
    return is_wanted();
  }
  bool is_wanted() const override { return static_cast<bool>(std::cout); }
};

// A command of the table, as it was given.
struct Given {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  json::object arguments;
};

void add_argument(CLI::App& app, const Argument& argument, json::object& into) {
  const std::string flag = "--" + argument.name;
  const auto set = [&into, name = argument.name](auto value) { into[name] = std::move(value); };
  CLI::Option* option = nullptr;
  switch (argument.kind) {
    case Kind::kFlag:
      option = app.add_flag_function(
          flag, [set](std::int64_t) { set(true); }, argument.help);
      break;
    case Kind::kText:
      option = app.add_option_function<std::string>(
          flag, [set](const std::string& value) { set(json::string(value)); }, argument.help);
      break;
    case Kind::kTexts:
      option = app.add_option_function<std::vector<std::string>>(
          flag,
          [set](const std::vector<std::string>& values) {
            set(json::array(values.begin(), values.end()));
          },
          argument.help);
      option->expected(1)->take_all();
      break;
    case Kind::kNumber:
      option = app.add_option_function<std::uint64_t>(flag, set, argument.help);
      break;
    case Kind::kPlace:
      option = app.add_option_function<std::string>(
          argument.name, [set](const std::string& value) { set(json::string(value)); },
          argument.help);
      break;
  }
  if (argument.required || argument.kind == Kind::kPlace) option->required();
}

// Elements of `given` stay where they are: the parser writes into them.
void add_commands(CLI::App& app, std::map<std::string, Given>& given) {
  std::map<std::string, CLI::App*> groups;
  for (const Command& command : commands()) {
    CLI::App* parent = &app;
    std::string word = command.name;
    if (const auto blank = word.find(' '); blank != std::string::npos) {
      const std::string group = word.substr(0, blank);
      CLI::App*& made = groups[group];
      if (!made) {
        made = app.add_subcommand(group, std::string(group_help(group)));
        made->fallthrough();
        made->require_subcommand(1);
      }
      parent = made;
      word = word.substr(blank + 1);
    }
    Given& one = given[command.name];
    one.command = &command;
    one.app = parent->add_subcommand(word, command.help);
    one.app->fallthrough();
    for (const Argument& argument : command.arguments) {
      add_argument(*one.app, argument, one.arguments);
    }
  }
}

void add_flags(CLI::App& app, ConfigurationSource& source) {
  app.add_option("--config", source.file, "TOML file; see print-config for every key");
  app.add_option("--listen", source.listen, "ADDRESS:PORT (default 127.0.0.1:8710)");
  app.add_option("--data", source.data, "data directory (default ./commonwatch-data)");
  app.add_option("--clock", source.clock,
                 "what recorded time follows: wall, or events for back-tests")
      ->check(CLI::IsMember({"wall", "events"}));
}

int tell(int status, const std::string& error) {
  if (!error.empty()) std::cerr << "commonwatch-hub: " << error << "\n";
  return status;
}

// The running hub answers, or nobody has the directory open.
int run(const Given& given, const ConfigurationSource& source) {
  const std::string arguments = json::serialize(given.arguments);
  const std::filesystem::path data = source.read_data_directory();
  StandardOutput output;
  if (given.command->needs == Command::Needs::kNothing) {
    const auto done = run_offline(*given.command, arguments, source.read(), output);
    return tell(done.status, done.error);
  }
  const auto reply = server::ask_hub(data, given.command->name, arguments,
                                     [&output](std::string_view text) { output.write(text); });
  if (!reply) return tell(1, reply.error().message);
  if (*reply) return tell((**reply).status, (**reply).error);
  if (given.command->needs == Command::Needs::kHub) {
    return tell(1, "no hub runs on " + data.string() +
                       "; start it, or name its data directory with --data or --config");
  }
  const auto done = run_offline(*given.command, arguments, source.read(), output);
  return tell(done.status, done.error);
}

// A word where a command should be.
std::string unknown_word(const CLI::App& app, const std::map<std::string, Given>& given) {
  for (const auto& [name, one] : given) {
    if (one.app->parsed()) return {};
  }
  std::string group;
  for (const CLI::App* sub : app.get_subcommands()) group = sub->get_name() + " ";
  for (const std::string& word : app.remaining(true)) {
    if (word.rfind('-', 0) != 0) return group + word;
  }
  return {};
}

}  // namespace

int run_command_line(int argc, char** argv) {
  // What the hub writes is for its own account alone.
  umask(0077);
  CLI::App app(
      "Commonwatch hub: takes event streams from partner agencies, makes them durable, "
      "shows hotspots live, and replays the log. Commands but serve, check-config, "
      "print-config, list-backups, restore and repair ask the hub that runs on the data "
      "directory, or open it themselves where none runs.",
      "commonwatch-hub");
  app.set_version_flag("--version", std::string(pipeline::kHubName));
  app.require_subcommand(0, 1);
  app.fallthrough();
  ConfigurationSource source;
  add_flags(app, source);
  app.add_subcommand("serve", "run the hub (the default)")->fallthrough();
  auto* check = app.add_subcommand("check-config", "read the configuration and say what is wrong");
  check->fallthrough();
  std::map<std::string, Given> given;
  add_commands(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    const std::string word = unknown_word(app, given);
    if (word.empty()) return app.exit(error) == 0 ? 0 : 2;
    return tell(2, unknown_command(word).message);
  }
  try {
    Given& print = given.at("print-config");
    if (print.app->parsed() && !print.arguments.contains("running")) {
      std::cout << print_configuration(source.read());
      return 0;
    }
    for (const auto& [name, one] : given) {
      if (one.app->parsed()) return run(one, source);
    }
    const Configuration configuration = source.read();
    if (!*check) return Hub(source, configuration).run();
    for (const std::string& warning : warnings_of(configuration)) {
      std::cerr << "warning: " << warning << "\n";
    }
    std::cout << "the configuration is sound\n";
    return 0;
  } catch (const std::exception& failure) {
    return tell(1, failure.what());
  }
}

}  // namespace commonwatch::app
