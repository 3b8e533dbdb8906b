#include "clients/cli/input/mapping.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "clients/cli/input/event_reader.h"
#include "clients/cli/input/personal_data.h"
#include "tests/cli_input/scratch.h"

namespace commonwatch::cli {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_mapping(text, "map.toml", ".");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}
std::string refusal_of(const std::string& more) { return refusal(test::mapping_text(more)); }

TEST_CASE("parse_mapping names the line of an unknown key and the one that was meant") {
  CHECK_THAT(refusal_of("[overdos]\n"),
             Catch::StartsWith("map.toml:5: unknown key \"overdos\"; did you mean \"overdose\"?"));
  CHECK_THAT(refusal_of("[overdose]\ncertanty = { value = \"SUSPECTED\" }\n"),
             Catch::StartsWith("map.toml:6: unknown key \"certanty\" in [overdose]; did you mean "
                               "\"certainty\"?"));
  CHECK_THAT(refusal_of("revision = { colunm = \"rev\" }\n"),
             Catch::Contains("map.toml:5: unknown key \"colunm\" in revision; did you mean "
                             "\"column\"?"));
  CHECK_THAT(refusal_of("[[filter]]\ncolumn = \"a\"\nequal = \"b\"\n"),
             Catch::Contains("map.toml:7: unknown key \"equal\" in [[filter]]; did you mean "
                             "\"equals\"?"));
}

TEST_CASE("parse_mapping names the line of a wrong value and the one that was meant") {
  CHECK_THAT(refusal_of("overdose.certainty = { value = \"SUSPECT\" }\n"),
             Catch::StartsWith("map.toml:5: \"SUSPECT\" is no value of overdose.certainty; did you "
                               "mean \"SUSPECTED\"?"));
  CHECK_THAT(refusal_of("overdose.outcome = { column = \"o\", values = { D = \"DEAD\" } }\n"),
             Catch::Contains("known: NONFATAL, FATAL"));
  CHECK_THAT(refusal_of("persons.count = { value = 65 }\n"),
             Catch::Contains("it is a number from 1 to 64"));
}

TEST_CASE("parse_mapping lists every fault in order of lines") {
  const std::string all =
      refusal_of("[overdose]\nplac = { value = 1 }\ntransprt = { value = 1 }\n");
  CHECK_THAT(all, Catch::Contains("map.toml:6: ") && Catch::Contains("\nmap.toml:7: "));
}

TEST_CASE("parse_mapping wants record id, time and place") {
  CHECK_THAT(refusal("csv = {}\n"), Catch::Contains("there is no record_id") &&
                                        Catch::Contains("there is no occurred_at") &&
                                        Catch::Contains("needs latitude and longitude"));
}

TEST_CASE("parse_mapping refuses text that is no TOML with its line") {
  CHECK_THAT(refusal("a = 1\nb = = 2\n"), Catch::StartsWith("map.toml:2: "));
}

TEST_CASE("parse_mapping refuses a broken regex, filters without condition and with two") {
  CHECK_THAT(refusal_of("[[filter]]\ncolumn = \"a\"\nregex = \"(\"\n"),
             Catch::StartsWith("map.toml:7: \"(\" is no regular expression"));
  CHECK_THAT(refusal_of("[[filter]]\ncolumn = \"a\"\n"), Catch::Contains("one of equals, in"));
  CHECK_THAT(refusal_of("[[filter]]\ncolumn = \"a\"\nequals = \"b\"\nprefix = \"c\"\n"),
             Catch::Contains("one of equals, in"));
}

TEST_CASE("parse_mapping refuses columns that look like personal data") {
  CHECK_THAT(refusal_of("[match_key]\ncolumn = \"SSN\"\nkey_file = \"k\"\nversion = 1\n"),
             Catch::Contains("map.toml:6: column \"SSN\" looks like personal data (a social "
                             "security number)") &&
                 Catch::Contains("never leave your machine"));
  CHECK_THAT(refusal_of("location.area_code = { column = \"Street Address\" }\n"),
             Catch::Contains("a street address"));
}

TEST_CASE("personal_data_in tells persons from things by the words of a column's name") {
  for (const char* column :
       {"name",     "Name",        "first_name",  "FirstName",  "patient name",
        "LASTNAME", "dob",         "DateOfBirth", "birth_date", "ssn",
        "phone2",   "callerPhone", "e-mail",      "address1",   "home_addr",
        "MRN",      "patient_id",  "narrative",   "Comments",   "license_plate"}) {
    INFO(column);
    CHECK_FALSE(personal_data_in(column).empty());
  }
  for (const char* column :
       {"title", "timeStamp", "lat", "lng", "zip", "twp", "incident_number", "facility_name",
        "county name", "age", "sex", "naloxone_doses", "unit", "status", "homeless", "emailed"}) {
    INFO(column);
    CHECK(personal_data_in(column).empty());
  }
}

TEST_CASE("parse_mapping wants a key file with a key in it") {
  const test::Scratch scratch;
  const std::string text =
      test::mapping_text("match_key = { column = \"no\", key_file = \"key\", version = 2 }\n");
  CHECK_THROWS_WITH(parse_mapping(text, "m", scratch.path()),
                    Catch::Contains("m:5: the key file") && Catch::Contains("ask the coalition"));
  scratch.write("key", "too short\n");
  CHECK_THROWS_AS(parse_mapping(text, "m", scratch.path()), InputError);
  scratch.write("key", "0123456789abcdef0123456789abcdef\n");
  CHECK(parse_mapping(text, "m", scratch.path()).match_key->key ==
        "0123456789abcdef0123456789abcdef");
}

TEST_CASE("docs/MAPPING.md documents every key of a mapping file") {
  std::ifstream in(std::filesystem::path(COMMONWATCH_CHECKOUT) / "docs/MAPPING.md");
  std::stringstream text;
  text << in.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  for (const std::string& key : mapping_keys()) {
    INFO(key);
    const std::string last = key.substr(key.rfind('.') + 1);
    const bool documented = text.str().find("`" + key + "`") != std::string::npos ||
                            text.str().find("`" + last + "`") != std::string::npos;
    CHECK(documented);
  }
}

}  // namespace
}  // namespace commonwatch::cli
