#include <zlib.h>

#include <catch2/catch.hpp>

#include "clients/cli/input/digest.h"
#include "tests/cli_input/scratch.h"

namespace commonwatch::cli {
namespace {

using test::mapping_text;
using test::read_all;
using test::read_csv;
using test::Scratch;

constexpr const char* kHeader = "when,lat,lng,what\n";
constexpr const char* kRow = "2016-01-15T12:00:00Z,40.1,-75.2,OD\n";

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST_CASE("CsvReader gives identical rows ids that differ, and the same ones every time") {
  const std::string csv =
      std::string(kHeader) + kRow + kRow + "2016-01-15T12:00:00Z,40,-75,OD\n" + kRow;
  const auto first = read_csv(mapping_text(), csv);
  const auto second = read_csv(mapping_text(), csv);
  REQUIRE(first.events.size() == 4);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(first.events[i].event.record_id() == second.events[i].event.record_id());
    CHECK(first.events[i].event.record_id().size() == 64);
    ids.push_back(first.events[i].event.record_id());
  }
  std::sort(ids.begin(), ids.end());
  CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("CsvReader gives a row the same id whatever quotes and rows stand around it") {
  const auto plain = read_csv(mapping_text(), std::string(kHeader) + kRow);
  const auto quoted =
      read_csv(mapping_text(),
               std::string(kHeader) +
                   "2016-01-15T12:00:00Z,1,1,X\r\n\"2016-01-15T12:00:00Z\",40.1,-75.2,OD\r\n");
  CHECK(plain.events.at(0).event.record_id() == quoted.events.at(1).event.record_id());
}

TEST_CASE("CsvReader leaves out and counts rows that a filter does not want") {
  const Scratch scratch;
  const std::string csv = std::string(kHeader) + kRow + "2016-01-15T12:00:00Z,1,1,FIRE\n" +
                          "2016-01-15T12:00:00Z,1,1,OD 2\n" + "bad,bad,bad,FIRE\n";
  const auto count = [&](const std::string& condition) {
    const auto map = scratch.write(
        "map.toml", mapping_text("[[filter]]\ncolumn = \"what\"\n" + condition + "\n"));
    const auto reader = open_reader({scratch.write("in.csv", csv), Format::kAuto, map});
    const auto all = read_all(*reader);
    CHECK(all.events.size() + all.faults.size() + reader->filtered() == 4);
    return all.events.size();
  };
  CHECK(count("equals = \"OD\"") == 1);
  CHECK(count("in = [\"OD\", \"OD 2\"]") == 2);
  CHECK(count("prefix = \"OD\"") == 2);
  CHECK(count("regex = \"OD( [0-9])?\"") == 2);
  CHECK(count("regex = \"OD\"") == 1);
  CHECK(count("equals = \"FIRE\"\nnot = true") == 2);
}

TEST_CASE("CsvReader wants all filters to hold") {
  const auto all = read_csv(mapping_text("[[filter]]\ncolumn = \"what\"\nprefix = \"OD\"\n"
                                         "[[filter]]\ncolumn = \"lat\"\nequals = \"1\"\n"),
                            std::string(kHeader) + kRow + "2016-01-15T12:00:00Z,1,1,OD\n");
  CHECK(all.events.size() == 1);
}

TEST_CASE("CsvReader fills every field that a rule names") {
  const Scratch scratch;
  scratch.write("key", "0123456789abcdef0123456789abcdef");
  const std::string mapping = R"(
record_id = { column = "id", prefix = "x-" }
revision = { column = "rev" }
occurred_at = { columns = ["day", "time"], format = "%m/%d/%Y %H:%M", zone = "America/New_York" }
match_key = { column = "no", key_file = "key", version = 3 }
[location]
latitude = { column = "lat" }
longitude = { column = "lng" }
accuracy_m = { value = 50 }
kind = { value = "scene" }
area_code = { column = "zip" }
[overdose]
certainty = { value = "PROBABLE" }
outcome = { column = "died", values = { Y = "FATAL", N = "NONFATAL" }, otherwise = "" }
substances = { column = "drugs", separator = "/", values = { F = "FENTANYL", H = "HEROIN" }, otherwise = "OTHER" }
place = { column = "place" }
transport = { value = "TRANSPORT_TRANSPORTED" }
[persons]
count = { column = "n" }
age = { column = "age" }
sex = { column = "sex", values = { M = "MALE", F = "FEMALE" } }
[naloxone]
doses = { column = "narcan", values = { one = 1, two = 2 } }
dose_mg = { value = 4.0 }
route = { value = "INTRANASAL" }
giver = { value = "EMS" }
)";
  const std::string csv =
      "id,rev,day,time,no,lat,lng,zip,died,drugs,place,n,age,sex,narcan,caller_name\n"
      "7,2,01/15/2016,07:00,16-00 12a,40.1,-75.2,19401,Y,F/H/K,home,2,34,M,two,Somebody\n";
  const auto reader = open_reader(
      {scratch.write("in.csv", csv), Format::kAuto, scratch.write("map.toml", mapping)});
  const auto all = read_all(*reader);
  REQUIRE(all.faults.empty());
  const v1::Event& event = all.events.at(0).event;
  CHECK(event.record_id() == "x-7");
  CHECK(event.revision() == 2);
  CHECK(event.occurred_at().seconds() == 1452859200);
  CHECK(event.location().latitude() == 40.1);
  CHECK(event.location().longitude() == -75.2);
  CHECK(event.location().accuracy_m() == 50);
  CHECK(event.location().kind() == v1::LOCATION_KIND_SCENE);
  CHECK(event.location().area_code() == "19401");
  const v1::Overdose& overdose = event.overdose();
  CHECK(overdose.certainty() == v1::CERTAINTY_PROBABLE);
  CHECK(overdose.outcome() == v1::OUTCOME_FATAL);
  REQUIRE(overdose.substances_size() == 3);
  CHECK(overdose.substances(0) == v1::SUBSTANCE_FENTANYL);
  CHECK(overdose.substances(1) == v1::SUBSTANCE_HEROIN);
  CHECK(overdose.substances(2) == v1::SUBSTANCE_OTHER);
  CHECK(overdose.place() == v1::PLACE_HOME);
  CHECK(overdose.transport() == v1::TRANSPORT_TRANSPORTED);
  CHECK(overdose.match_key() == hmac_sha256("0123456789abcdef0123456789abcdef", "160012A"));
  CHECK(overdose.match_key_version() == 3);
  REQUIRE(overdose.persons_size() == 2);
  CHECK(overdose.persons(0).age_band() == v1::AGE_BAND_25_TO_34);
  CHECK(overdose.persons(0).sex() == v1::SEX_MALE);
  REQUIRE(overdose.persons(0).administrations_size() == 2);
  CHECK(overdose.persons(0).administrations(1).dose_mg() == 4.0F);
  CHECK(overdose.persons(0).administrations(1).route() == v1::ROUTE_INTRANASAL);
  CHECK(overdose.persons(0).administrations(1).medication() == v1::MEDICATION_NALOXONE);
  CHECK(overdose.persons(1).ByteSizeLong() == 0);
}

TEST_CASE("CsvReader puts ages at the edges into the right bands") {
  const std::string mapping = mapping_text("persons.age = { column = \"what\" }\n");
  const auto band = [&](const std::string& age) {
    const auto all =
        read_csv(mapping, std::string(kHeader) + "2016-01-15T12:00:00Z,1,1," + age + "\n");
    return all.events.at(0).event.overdose().persons(0).age_band();
  };
  CHECK(band("0") == v1::AGE_BAND_0_TO_14);
  CHECK(band("14.9") == v1::AGE_BAND_0_TO_14);
  CHECK(band("15") == v1::AGE_BAND_15_TO_24);
  CHECK(band("64") == v1::AGE_BAND_55_TO_64);
  CHECK(band("65") == v1::AGE_BAND_65_AND_OVER);
  CHECK(band("130") == v1::AGE_BAND_65_AND_OVER);
}

TEST_CASE("CsvReader makes a retraction of a row that the marker names, also without a place") {
  const auto all = read_csv(mapping_text("[retraction]\nwhen = { column = \"what\", equals = "
                                         "\"VOID\" }\nreason = { value = \"DUPLICATE\" }\n"),
                            std::string(kHeader) + "2016-01-15T12:00:00Z,,,VOID\n" + kRow);
  REQUIRE(all.events.size() == 2);
  CHECK(all.events[0].event.retraction().reason() == v1::RETRACTION_REASON_DUPLICATE);
  CHECK(all.events[1].event.has_overdose());
}

TEST_CASE("CsvReader reports each bad row by line, field and sentence, and reads the others") {
  const auto all = read_csv(
      mapping_text("overdose.place = { column = \"what\" }\n"),
      std::string(kHeader) + "yesterday,1,1,HOME\n" + "2016-01-15T12:00:00Z,north,1,HOME\n" +
          "2016-01-15T12:00:00Z,91,1,HOME\n" + "2016-01-15T12:00:00Z,nan,1,HOME\n" +
          "2016-01-15T12:00:00Z,,1,HOME\n" + "2016-01-15T12:00:00Z,1,1,ATTIC\n" +
          "2016-01-15T12:00:00Z,1\n" + "2016-01-15T12:00:00Z,1,1,HOME\n");
  REQUIRE(all.faults.size() == 7);
  const std::vector<std::string> fields{"occurred_at",
                                        "location.latitude",
                                        "location.latitude",
                                        "location.latitude",
                                        "location.latitude",
                                        "overdose.place",
                                        ""};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    CHECK(all.faults[i].line == i + 2);
    CHECK(all.faults[i].field == fields[i]);
    CHECK_FALSE(all.faults[i].message.empty());
  }
  REQUIRE(all.events.size() == 1);
  CHECK(all.events[0].line == 9);
}

TEST_CASE("CsvReader refuses a column that the input does not have and names the nearest") {
  CHECK_THROWS_WITH(read_csv(mapping_text(), "wen,lat,lng\n"),
                    Catch::Contains("map.toml:2: there is no column \"when\"") &&
                        Catch::Contains("did you mean \"wen\"?"));
  CHECK_THROWS_WITH(read_csv(mapping_text(), "when,lat,lng,lat\n"), Catch::Contains("twice"));
  CHECK_THROWS_WITH(read_csv(mapping_text(), ""), Catch::Contains("is empty"));
}

TEST_CASE("CsvReader hashes no row with personal data unless told which columns") {
  const std::string csv = "when,lat,lng,patient_name\n2016-01-15T12:00:00Z,1,1,Somebody\n";
  CHECK_THROWS_WITH(read_csv(mapping_text(), csv), Catch::Contains("\"patient_name\""));
  std::string mapping = mapping_text();
  mapping.replace(mapping.find("\"row\""), 5, "\"row\", columns = [\"when\", \"lat\"]");
  CHECK(read_csv(mapping, csv).events.size() == 1);
}

TEST_CASE("CsvReader reads a file without a header row when the mapping names the columns") {
  const auto all = read_csv(
      "csv = { columns = [\"when\", \"lat\", \"lng\"], delimiter = \";\" }\n" + mapping_text(),
      "2016-01-15T12:00:00Z;1;1\n");
  CHECK(all.events.size() == 1);
}

TEST_CASE("open_reader unpacks gzip by content, also of several members") {
  const Scratch scratch;
  const auto map = scratch.write("map.toml", mapping_text());
  const auto path = scratch.write("in.csv", gzip(std::string(kHeader) + kRow) + gzip(kRow));
  const auto reader = open_reader({path, Format::kAuto, map});
  CHECK(read_all(*reader).events.size() == 2);
}

TEST_CASE("CsvReader says where gzip data are damaged or end early") {
  const Scratch scratch;
  const auto map = scratch.write("map.toml", mapping_text());
  std::string text = kHeader;
  for (int i = 0; i < 1000; ++i) text += kRow;
  const std::string packed = gzip(text);
  const auto cut = scratch.write("cut.csv", packed.substr(0, packed.size() - 4));
  CHECK_THROWS_WITH(read_all(*open_reader({cut, Format::kAuto, map})),
                    Catch::Contains("ends in the middle"));
  std::string flipped = packed;
  flipped[packed.size() - 5] = static_cast<char>(~flipped[packed.size() - 5]);
  const auto bad = scratch.write("bad.csv", flipped);
  CHECK_THROWS_WITH(read_all(*open_reader({bad, Format::kAuto, map})),
                    Catch::Contains("is damaged"));
}

TEST_CASE("CsvReader goes on at any position as if it had read everything before it") {
  const Scratch scratch;
  const auto map =
      scratch.write("map.toml", mapping_text("[[filter]]\ncolumn = \"what\"\nprefix = \"OD\"\n"));
  std::string csv = kHeader;
  for (int i = 0; i < 40; ++i) {
    csv += i % 3 == 0 ? "2016-01-15T12:00:00Z,1,1,FIRE\n" : kRow;
    if (i % 7 == 0) csv += "broken\n";
  }
  const auto path = scratch.write("in.csv", csv);
  const auto open = [&] { return open_reader({path, Format::kAuto, map}); };
  std::vector<std::uint64_t> positions;
  const auto whole = open();
  while (whole->next()) positions.push_back(whole->position());
  for (std::size_t taken = 0; taken <= positions.size(); ++taken) {
    const auto first = open();
    for (std::size_t i = 0; i < taken; ++i) first->next();
    const auto second = open();
    second->skip_to(first->position());
    const auto rest = read_all(*first);
    const auto resumed = read_all(*second);
    CHECK(second->filtered() == first->filtered());
    REQUIRE(resumed.events.size() == rest.events.size());
    REQUIRE(resumed.faults.size() == rest.faults.size());
    for (std::size_t i = 0; i < rest.events.size(); ++i) {
      CHECK(resumed.events[i].line == rest.events[i].line);
      CHECK(resumed.events[i].event.SerializeAsString() ==
            rest.events[i].event.SerializeAsString());
    }
  }
}

TEST_CASE("CsvReader refuses a position at which no record ends") {
  const Scratch scratch;
  const auto map = scratch.write("map.toml", mapping_text());
  const auto path = scratch.write("in.csv", std::string(kHeader) + kRow);
  CHECK_THROWS_AS(open_reader({path, Format::kAuto, map})->skip_to(20), InputError);
  CHECK_THROWS_AS(open_reader({path, Format::kAuto, map})->skip_to(5000), InputError);
}

TEST_CASE("CsvReader that follows its input reads rows as they are completed") {
  const Scratch scratch;
  const auto map = scratch.write("map.toml", mapping_text());
  const auto path = scratch.write("in.csv", "when,lat,");
  const auto reader = open_reader({path, Format::kAuto, map, true});
  CHECK_FALSE(reader->next());
  scratch.append("in.csv", "lng,what\n2016-01-15T12:00:00Z,1,");
  CHECK_FALSE(reader->next());
  scratch.append("in.csv", "1,OD\n");
  CHECK(reader->next());
  CHECK_FALSE(reader->next());
}

}  // namespace
}  // namespace commonwatch::cli
