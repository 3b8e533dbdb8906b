#include <catch2/catch.hpp>

#include "hub/app/command.h"

namespace commonwatch {
namespace {

using app::Argument;
using app::Arguments;
using Kind = Argument::Kind;

const std::vector<Argument> kKnown = {{"json", Kind::kFlag, ""},
                                      {"since", Kind::kText, ""},
                                      {"grant", Kind::kTexts, ""},
                                      {"days", Kind::kNumber, ""},
                                      {"NAME", Kind::kPlace, ""}};

TEST_CASE("Arguments give what was sent, and emptiness for what was not") {
  const auto all = Arguments::read(
      kKnown, R"({"json": true, "since": "now", "grant": ["a", "b"], "days": 7, "NAME": "x"})");
  REQUIRE(all.has_value());
  CHECK(all->flag("json"));
  CHECK(all->text("since") == "now");
  CHECK(all->texts("grant") == std::vector<std::string>{"a", "b"});
  CHECK(all->number("days") == 7);
  CHECK(all->text("NAME") == "x");
  const auto few = Arguments::read(kKnown, R"({"NAME": "x"})");
  REQUIRE(few.has_value());
  CHECK_FALSE(few->flag("json"));
  CHECK(few->text("since").empty());
  CHECK(few->texts("grant").empty());
  CHECK_FALSE(few->number("days").has_value());
}

TEST_CASE("Arguments refuse what a command does not take, and name it") {
  const auto [json, said] = GENERATE(table<std::string, std::string>({
      {"", "a JSON object"},
      {"[1]", "a JSON object"},
      {R"({"NAME": "x", "jsn": true})", "there is no argument jsn"},
      {R"({"NAME": "x", "json": "yes"})", "json is true or false"},
      {R"({"NAME": "x", "days": -1})", "days is a whole number"},
      {R"({"NAME": "x", "days": 1.5})", "days is a whole number"},
      {R"({"NAME": "x", "grant": [1]})", "grant is a list of texts"},
      {R"({"NAME": 1})", "NAME is a text"},
      {R"({"json": true})", "NAME is missing"},
  }));
  const auto read = Arguments::read(kKnown, json);
  REQUIRE_FALSE(read.has_value());
  CHECK_THAT(read.error().message, Catch::Contains(said));
}

TEST_CASE("Asking for an argument that the command does not have is a programmer's fault") {
  const auto read = Arguments::read(kKnown, R"({"NAME": "x"})");
  REQUIRE(read.has_value());
  CHECK_THROWS_AS(read->flag("JSON"), std::logic_error);
  CHECK_THROWS_AS(read->text("json"), std::logic_error);
}

TEST_CASE("Every command of the table has a help, a name of its own, and known argument kinds") {
  std::vector<std::string> names;
  for (const app::Command& command : app::commands()) {
    INFO(command.name);
    CHECK_FALSE(command.help.empty());
    CHECK(command.run != nullptr);
    CHECK(app::find_command(command.name) == &command);
    CHECK(std::find(names.begin(), names.end(), command.name) == names.end());
    names.push_back(command.name);
    const auto blank = command.name.find(' ');
    if (blank != std::string::npos)
      CHECK_FALSE(app::group_help(command.name.substr(0, blank)).empty());
    for (const Argument& argument : command.arguments) CHECK_FALSE(argument.help.empty());
  }
  CHECK(app::find_command("none") == nullptr);
}

TEST_CASE("An unknown command names the nearest") {
  CHECK_THAT(app::unknown_command("verfy").message, Catch::Contains("did you mean verify?"));
  CHECK_THAT(app::unknown_command("sesions").message, Catch::Contains("did you mean sessions?"));
}

}  // namespace
}  // namespace commonwatch
