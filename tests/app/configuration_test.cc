#include <catch2/catch.hpp>

#include "hub/app/area_keys.h"
#include "hub/app/keys.h"
#include "hub/app/paging_keys.h"
#include "tests/app/configuration_file.h"

namespace commonwatch {
namespace {

using app::Configuration;
using test::ConfigurationFile;
using test::fault_of;

const std::string kEverything = R"(
[hub]
data = "/var/lib/a \"quoted\" place"
log_level = "warning"
[listen]
address = ["127.0.0.1:8710", "[::1]:8711"]
[limits]
batch_events_max = 7
[retention]
events_days = 30
skeleton_days = 60
[hotspot]
time_zone = "America/New_York"
windows_hours = [6, 24]
prior_persons = 2.25
[[jurisdiction]]
name = "South"
time_zone = "America/Chicago"
[[area]]
name = "Upper \\ \"north\""
jurisdiction = "North"
geojson = "north.geojson"
fixed_threshold = 3
[[area]]
name = "Lower"
jurisdiction = "South"
geojson = "south.geojson"
[[page]]
name = "desk"
command = ["/bin/true", "--say", "a \"word\""]
jurisdictions = ["North"]
level = "watch"
quiet_hours = "22:00-07:00"
time_zone = "America/New_York"
escalate_to = "boss"
timeout_s = 5
[[page]]
name = "boss"
webhook = "https://hooks.example.org/x"
secret_file = "page.secret"
attempts_max = 3
[[partner]]
id = "free-clinic"
part2 = true
[[partner]]
id = "county-ems"
token_sha256 = ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]
)";

TEST_CASE("A printed configuration reads back as the same, with every kind of table in it") {
  const ConfigurationFile first(kEverything);
  const Configuration read = first.read();
  app::check_configuration(read);
  const std::string printed = app::print_configuration(read);
  const ConfigurationFile second(printed);
  const Configuration again = second.read();
  CHECK(app::print_configuration(again) == printed);
  CHECK(again.hotspot.canonical() == read.hotspot.canonical());
  CHECK(again.areas.size() == 2);
  CHECK(again.paging.targets.size() == 2);
  REQUIRE(again.accounts.size() == 2);
  CHECK(again.accounts[0].principal.part2);
  CHECK_FALSE(again.accounts[1].principal.part2);
  CHECK(again.listen.size() == 2);
}

TEST_CASE("A printed configuration states what was read, also in another order of the file") {
  const ConfigurationFile file(kEverything);
  const std::string printed = app::print_configuration(file.read());
  CHECK(printed.find("batch_events_max = 7") != std::string::npos);
  CHECK(printed.find("events_days = 30") != std::string::npos);
  CHECK(printed.find("quiet_hours = \"22:00-07:00\"") != std::string::npos);
  // Areas in order of name.
  CHECK(printed.find("name = \"Lower\"") < printed.find("name = \"Upper"));
}

TEST_CASE("The defaults are a sound configuration that reads back as the same") {
  const std::string printed = app::print_configuration(Configuration());
  const ConfigurationFile file(printed);
  const Configuration read = file.read();
  app::check_configuration(read);
  CHECK(app::print_configuration(read) == printed);
}

TEST_CASE("An unknown key is named with its line and the nearest one, in every kind of table") {
  const auto [text, said] = GENERATE(table<std::string, std::string>({
      {"[hub]\ntick_m = 100\n", ":2: there is no key hub.tick_m; did you mean hub.tick_ms?"},
      {"[hub]\nframe_bytes_max = 9000\n",
       ":2: there is no key hub.frame_bytes_max; did you mean limits.frame_bytes_max?"},
      {"[[page]]\nname = \"a\"\nqiet_hours = \"22:00-07:00\"\n",
       ":3: there is no key page.qiet_hours; did you mean page.quiet_hours?"},
      {"[[area]]\n\ngeo_json = \"x\"\n",
       ":3: there is no key area.geo_json; did you mean area.geojson?"},
      {"[[jurisdiction]]\ntimezone = \"UTC\"\n",
       ":2: there is no key jurisdiction.timezone; did you mean jurisdiction.time_zone?"},
      {"[limit]\n", ":1: there is no table limit; did you mean limits?"},
      {"[page]\nname = \"a\"\n", ":1: write it as [[page]]"},
      {"[[hub]]\ndata = \"a\"\n", ":1: write it as [hub]"},
  }));
  CHECK_THAT(fault_of(text), Catch::Contains(said));
}

TEST_CASE("A value of another type or range is named with its line and what is allowed") {
  const auto [text, said] = GENERATE(table<std::string, std::string>({
      {"[hub]\n\ntick_ms = 1\n", ":3: hub.tick_ms is recorded time is cut"},
      {"[hub]\nlog_level = \"loud\"\n", ":2: hub.log_level is \"info\""},
      {"[listen]\naddress = []\n", ":2: listen.address is ADDRESS:PORT"},
      {"[listen]\naddress = [\"127.0.0.1:8710\", \"here\"]\n",
       ":2: listen.address is ADDRESS:PORT"},
      {"[hotspot]\nwindows_hours = [24, 6]\n", ":2: hotspot.windows_hours is up to six"},
      {"[hotspot]\ntime_zone = \"Mars/Olympus\"\n", ":2: hotspot.time_zone is as"},
      {"[[page]]\nlevel = \"loud\"\n", ":2: page.level is \"note\""},
      {"[[page]]\nquiet_hours = \"7-22\"\n", ":2: page.quiet_hours is"},
      {"[[area]]\nname = \"\"\n", ":2: area.name is a name of its own"},
      {"[[jurisdiction]]\ntime_zone = \"Mars/Olympus\"\n", ":2: jurisdiction.time_zone is like"},
      {"[retention]\naudit_days = 1\n", ":2: retention.audit_days is the audit log"},
  }));
  CHECK_THAT(fault_of(text), Catch::Contains(said));
}

TEST_CASE("A row without what it needs is named with its line") {
  const auto [text, said] = GENERATE(table<std::string, std::string>({
      {"\n[[area]]\nname = \"a\"\n", ":2: an area has a name, a jurisdiction and a geojson"},
      {"[[jurisdiction]]\nname = \"a\"\n", ":1: a jurisdiction has a name and a time_zone"},
      {"[[page]]\nname = \"a\"\ntime_zone = \"UTC\"\n",
       ":1: quiet_hours and time_zone go together"},
      {"[[area]]\nname = \"a\"\njurisdiction = \"b\"\ngeojson = \"none.geojson\"\n",
       "none.geojson cannot be read"},
  }));
  CHECK_THAT(fault_of(text), Catch::Contains(said));
}

// Whole numbers say their range at the end of the description: `...; 10 to 3600000`.
TEST_CASE("Every whole number is taken at both ends of its range, and refused beyond them") {
  for (const auto& table : app::tables()) {
    for (const auto& key : table.keys) {
      const auto at = key.description.rfind("; ");
      long long low = 0;
      long long high = 0;
      char rest = 0;
      if (at == std::string::npos ||
          std::sscanf(key.description.c_str() + at, "; %lld to %lld%c", &low, &high, &rest) != 2) {
        continue;
      }
      const std::string preset = key.print(Configuration());
      if (preset.find_first_not_of("-0123456789") != std::string::npos) continue;
      INFO(table.name << "." << key.name);
      const auto reads = [&key](long long value) {
        Configuration configuration;
        const toml::table one = toml::parse("value = " + std::to_string(value));
        return key.read(configuration, *one.get("value")) &&
               key.print(configuration) == std::to_string(value);
      };
      CHECK(reads(low));
      CHECK(reads(high));
      CHECK_FALSE(reads(low - 1));
      CHECK_FALSE(reads(high + 1));
      CHECK(reads(std::stoll(preset)));
    }
  }
}

TEST_CASE("Every key has a description, a name of its own, and prints what it reads") {
  std::vector<std::string> names = app::all_key_names();
  CHECK(names.size() > 40);
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  for (const auto& table : app::tables()) {
    for (const auto& key : table.keys) {
      INFO(table.name << "." << key.name);
      CHECK_FALSE(key.description.empty());
      Configuration configuration;
      const std::string preset = key.print(configuration);
      const toml::table one = toml::parse("value = " + preset);
      CHECK(key.read(configuration, *one.get("value")));
      CHECK(key.print(configuration) == preset);
    }
  }
}

TEST_CASE("The printed configuration explains the keys of tables that have no rows yet") {
  const std::string printed = app::print_configuration(Configuration());
  for (const auto& key : app::page_table().keys) {
    CHECK(printed.find("#   " + key.name + ": " + key.description) != std::string::npos);
  }
  for (const auto& key : app::area_table().keys) {
    CHECK(printed.find("#   " + key.name + ": " + key.description) != std::string::npos);
  }
}

TEST_CASE("A jurisdiction with a time zone must be one that an area names, and stand once") {
  const auto check = [](const std::string& text) {
    const ConfigurationFile file(text);
    app::check_configuration(file.read());
  };
  const std::string area =
      "[[area]]\nname = \"a\"\njurisdiction = \"North\"\ngeojson = \"north.geojson\"\n";
  const std::string north = "[[jurisdiction]]\nname = \"North\"\ntime_zone = \"America/Chicago\"\n";
  const std::string all = "[[jurisdiction]]\nname = \"all\"\ntime_zone = \"America/Chicago\"\n";
  CHECK_NOTHROW(check(area + north + all));
  CHECK_THROWS_WITH(check(north), Catch::Contains("is named by no area"));
  CHECK_THROWS_WITH(check(area + north + north), Catch::Contains("stands there twice"));
}

TEST_CASE("Skeletons do not go before events") {
  const ConfigurationFile file("[retention]\nevents_days = 90\nskeleton_days = 30\n");
  CHECK_THROWS_WITH(app::check_configuration(file.read()), Catch::Contains("skeleton_days"));
}

TEST_CASE("The data directory is read from a file that is otherwise unsound") {
  const ConfigurationFile file("[hub]\ndata = \"/somewhere\"\nnonsense = 1\n");
  const app::ConfigurationSource source{file.path(), "", "", ""};
  CHECK(source.read_data_directory() == "/somewhere");
  CHECK_THROWS_AS(source.read(), Failure);
}

}  // namespace
}  // namespace commonwatch
