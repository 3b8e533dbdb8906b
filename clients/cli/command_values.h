// Commands of CLI11, and options that are read as durations, times, choices and areas. Only for
// command_line.cc and operator_options.cc: CLI11 takes long to compile.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/options.h"
#include "clients/cli/text_values.h"

namespace commonwatch::cli {

inline Instant now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// An option whose text is read by `parse`; what that cannot read is a usage error.
template <class Target, class Parse>
CLI::Option* add_parsed(CLI::App* app, const std::string& name, Target& target, Parse parse,
                        const std::string& wanted, const std::string& description) {
  return app
      ->add_option_function<std::string>(
          name,
          [&target, parse, wanted, name](const std::string& text) {
            const auto value = parse(text);
            if (!value) throw CLI::ValidationError(name, "\"" + text + "\" is not " + wanted);
            target = *value;
          },
          description)
      ->type_name("");
}

inline CLI::Option* add_duration(CLI::App* app, const std::string& name, Milliseconds& target,
                                 const std::string& description) {
  return add_parsed(app, name, target, parse_duration, "a duration such as 90s, 15m or 24h",
                    description)
      ->type_name("DURATION");
}

inline CLI::Option* add_time(CLI::App* app, const std::string& name, std::optional<Instant>& target,
                             const std::string& description) {
  return add_parsed(
             app, name, target, [](const std::string& text) { return parse_time(text, now()); },
             "a time such as 2016-03-11T09:00:00Z, 2016-03-11 or -2h", description)
      ->type_name("TIME");
}

template <class Value>
CLI::Option* add_choice(CLI::App* app, const std::string& name, Value& target,
                        const std::map<std::string, Value>& choices,
                        const std::string& description) {
  std::vector<std::string> names;
  for (const auto& [text, value] : choices) names.push_back(text);
  return app
      ->add_option_function<std::string>(
          name, [&target, choices](const std::string& text) { target = choices.at(text); },
          description)
      ->check(CLI::IsMember(names))
      ->type_name("");
}

inline CLI::App* add_command(CLI::App& app, const std::string& name,
                             const std::string& description, const std::string& examples) {
  auto* command = app.add_subcommand(name, description);
  command->fallthrough();
  command->footer("Example:\n" + examples);
  return command;
}

inline void add_area(CLI::App* app, AreaOptions& area) {
  auto* box = app->add_option("--area", area.box, "Only this box: degrees south,west,north,east")
                  ->type_name("BOX");
  auto* cells = app->add_option("--cells", area.cells, "Only these S2 cells: tokens, t1,t2,...")
                    ->type_name("TOKENS");
  auto* polygon =
      app->add_option("--polygon", area.polygon, "Only this polygon: a GeoJSON file with one ring")
          ->type_name("FILE");
  box->excludes(cells)->excludes(polygon);
  cells->excludes(polygon);
}

}  // namespace commonwatch::cli
