#include "hub/app/reload.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>

#include "hub/app/keys.h"
#include "tests/app/configuration_file.h"

namespace commonwatch {
namespace {

using app::Configuration;
using app::plan_reload;
using test::ConfigurationFile;
using Names = std::vector<std::string>;

Configuration read(const std::string& text) { return ConfigurationFile(text).read(); }

TEST_CASE("A reload of the same file changes nothing") {
  const auto plan = plan_reload(Configuration(), Configuration());
  CHECK(plan.report.applied.empty());
  CHECK(plan.report.needs_restart.empty());
  CHECK_FALSE(plan.report.new_epoch);
}

TEST_CASE("A reload applies limits at once and nothing else of the file is lost") {
  const Configuration read_again = read("[limits]\nbatch_events_max = 7\nsources_max = 3\n");
  const auto plan = plan_reload(Configuration(), read_again);
  CHECK(plan.report.applied == Names{"limits.batch_events_max", "limits.sources_max"});
  CHECK(plan.effective.limits.batch_events_max == 7);
  CHECK_FALSE(plan.report.new_epoch);
}

TEST_CASE("What needs a restart is named, stays as it runs, and holds nothing else back") {
  const Configuration read_again = read(
      "[hub]\ntick_ms = 1000\ndata = \"/elsewhere\"\nlog_level = \"error\"\n"
      "[listen]\naddress = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n");
  const auto plan = plan_reload(Configuration(), read_again);
  CHECK(plan.report.needs_restart == Names{"hub.data", "hub.tick_ms", "listen.address"});
  CHECK(plan.report.applied == Names{"hub.log_level"});
  CHECK(plan.effective.tick_ms == Configuration().tick_ms);
  CHECK(plan.effective.data == Configuration().data);
  CHECK(plan.effective.listen.size() == 1);
  CHECK(plan.effective.log_level == "error");
}

TEST_CASE("What needed a restart at one reload is named again at the next") {
  const Configuration read_again = read("[hub]\ntick_ms = 1000\n");
  const auto first = plan_reload(Configuration(), read_again);
  CHECK(plan_reload(first.effective, read_again).report.needs_restart == Names{"hub.tick_ms"});
}

bool is_sound(const Configuration& configuration) {
  try {
    app::check_configuration(configuration);
  } catch (const Failure&) {
    return false;
  }
  return true;
}

// The defaults, but for this key.
Configuration changed_by(const app::Key<Configuration>& key) {
  for (const char* text : {"31", "\"warning\"", "\"events\"", "\"Europe/Berlin\"", "[6, 12]", "2.5",
                           "11", "40", "4000", "5000000", "\"127.0.0.1:7\"", "900", "20000",
                           "[\"https://map.example.org\"]",
                           // A directory with an index.html.
                           "\"" COMMONWATCH_CHECKOUT "/clients/dashboard\""}) {
    Configuration other;
    const toml::table one = toml::parse("value = " + std::string(text));
    if (key.read(other, *one.get("value")) && key.print(other) != key.print(Configuration()) &&
        is_sound(other)) {
      return other;
    }
  }
  return {};
}

TEST_CASE("Every key is either applied or named, and only those of the hotspots begin an epoch") {
  for (const auto& table : app::tables()) {
    for (const auto& key : table.keys) {
      INFO(table.name << "." << key.name);
      const Configuration other = changed_by(key);
      const std::string name = table.name + "." + key.name;
      // The two go together.
      if (name == "listen.tls_certificate" || name == "listen.tls_key") continue;
      // And this with both.
      if (name == "listen.client_ca") continue;
      REQUIRE(key.print(other) != key.print(Configuration()));
      const auto plan = plan_reload(Configuration(), other);
      const bool restart = key.effect == app::Effect::kRestart;
      CHECK(plan.report.applied == (restart ? Names{} : Names{name}));
      CHECK(plan.report.needs_restart == (restart ? Names{name} : Names{}));
      CHECK(plan.report.new_epoch == (table.name == "hotspot"));
      CHECK((key.print(plan.effective) == key.print(Configuration())) == restart);
    }
  }
}

// docs/OPERATIONS.md: a row for each effect, which names its keys.
TEST_CASE("The document states of every key when it takes effect, as the table of keys does") {
  std::ifstream file(std::string(COMMONWATCH_CHECKOUT) + "/docs/OPERATIONS.md");
  const std::pair<std::string, app::Effect> rows[] = {
      {"| at once |", app::Effect::kAtOnce},
      {"| at once, in a new engine epoch |", app::Effect::kNewEpoch},
      {"| after a restart |", app::Effect::kRestart}};
  std::map<std::string, app::Effect> stated;
  for (std::string line; std::getline(file, line);) {
    for (const auto& [start, effect] : rows) {
      if (line.rfind(start, 0) != 0) continue;
      static const std::regex kName("`([a-z_]+\\.[a-z_]+)`");
      for (std::sregex_iterator at(line.begin(), line.end(), kName), end; at != end; ++at) {
        INFO((*at)[1]);
        CHECK(stated.emplace((*at)[1], effect).second);
      }
    }
  }
  std::map<std::string, app::Effect> known;
  for (const auto& table : app::tables()) {
    for (const auto& key : table.keys) known.emplace(table.name + "." + key.name, key.effect);
  }
  CHECK(stated == known);
}

TEST_CASE("An area's polygon that changed behind the same file name begins an epoch") {
  const ConfigurationFile file(
      "[[area]]\nname = \"a\"\njurisdiction = \"b\"\ngeojson = \"north.geojson\"\n");
  const Configuration running = file.read();
  file.write("north.geojson", R"({"type": "Polygon", "coordinates":
      [[[-75.37, 40.10], [-75.31, 40.10], [-75.32, 40.14], [-75.37, 40.10]]]})");
  const auto plan = plan_reload(running, file.read());
  CHECK(plan.report.applied == Names{"[[area]]"});
  CHECK(plan.report.new_epoch);
}

TEST_CASE("A jurisdiction's time zone begins an epoch; a page and an account do not") {
  const std::string zone = "[[jurisdiction]]\nname = \"all\"\ntime_zone = \"America/Chicago\"\n";
  const auto zoned = plan_reload(Configuration(), read(zone));
  CHECK(zoned.report.applied == Names{"[[jurisdiction]]"});
  CHECK(zoned.report.new_epoch);
  const auto paged =
      plan_reload(Configuration(),
                  read("[[page]]\nname = \"a\"\ncommand = [\"/bin/true\"]\n"
                       "[[viewer]]\nid = \"a\"\ntoken_sha256 = "
                       "[\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]\n"));
  CHECK(paged.report.applied == Names{"[[page]]", "[[partner]], [[viewer]]"});
  CHECK_FALSE(paged.report.new_epoch);
}

TEST_CASE("A reload that would be dangerous until the restart is refused") {
  Configuration running = read(
      "[[partner]]\nid = \"a\"\ntoken_sha256 = "
      "[\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"]\n");
  running.listen = {*server::ListenAddress::parse("192.0.2.1:8710")};
  running.tls_certificate = "chain.pem";
  running.tls_key = "key.pem";
  // Alone it would be sound: loopback needs no accounts. But the hub still listens openly.
  CHECK_NOTHROW(app::check_configuration(Configuration()));
  Configuration next;
  next.tls_certificate = running.tls_certificate;
  next.tls_key = running.tls_key;
  CHECK_THROWS_WITH(plan_reload(running, next), Catch::Contains("without configured partners"));
}

}  // namespace
}  // namespace commonwatch
