#include "clients/cli/input/local_time.h"

#include <catch2/catch.hpp>
#include <stdexcept>

namespace commonwatch::cli {
namespace {

// Seconds since 1970 that `text` means, or -1.
std::int64_t read(const std::string& zone, const std::string& text,
                  Ambiguous ambiguous = Ambiguous::kFirst,
                  const std::string& format = "%Y-%m-%d %H:%M:%S") {
  const auto instant = TimeReader({format, zone, ambiguous}).read(text);
  return instant ? std::chrono::floor<std::chrono::seconds>(*instant).time_since_epoch().count()
                 : -1;
}

TEST_CASE("TimeReader uses winter and summer offsets of the zone") {
  CHECK(read("America/New_York", "2016-01-15 12:00:00") == 1452877200);  // UTC-5
  CHECK(read("America/New_York", "2016-07-15 12:00:00") == 1468598400);  // UTC-4
  CHECK(read("Australia/Sydney", "2016-01-15 12:00:00") == 1452819600);  // UTC+11
  CHECK(read("Europe/Berlin", "2016-07-15 12:00:00") == 1468576800);     // UTC+2
  CHECK(read("America/Phoenix", "2016-07-15 12:00:00") == 1468609200);   // UTC-7, all year
}

TEST_CASE("TimeReader moves a time that daylight saving skips forward by the gap") {
  CHECK(read("America/New_York", "2016-03-13 01:59:59") == 1457852399);
  CHECK(read("America/New_York", "2016-03-13 02:30:00") == 1457854200);  // 03:30 EDT
  CHECK(read("America/New_York", "2016-03-13 03:30:00") == 1457854200);
  CHECK(read("Europe/Berlin", "2016-03-27 02:15:00") == 1459041300);        // 03:15 CEST
  CHECK(read("Australia/Lord_Howe", "2016-10-02 02:10:00") == 1475336400);  // by half an hour
}

TEST_CASE("TimeReader takes the first of a repeated time unless told otherwise") {
  CHECK(read("America/New_York", "2016-11-06 01:30:00") == 1478410200);
  CHECK(read("America/New_York", "2016-11-06 01:30:00", Ambiguous::kSecond) == 1478413800);
  CHECK(read("Europe/Berlin", "2016-10-30 02:30:00") == 1477787400);
  CHECK(read("Europe/Berlin", "2016-10-30 02:30:00", Ambiguous::kSecond) == 1477791000);
  CHECK(read("America/New_York", "2016-11-06 02:00:00", Ambiguous::kSecond) == 1478415600);
}

TEST_CASE("TimeReader reads iso with and without offset, seconds and fraction") {
  const auto iso = [](const std::string& text) {
    return read("America/New_York", text, Ambiguous::kFirst, "iso");
  };
  CHECK(iso("2016-01-15T12:00:00Z") == 1452859200);
  CHECK(iso("2016-01-15T12:00:00+02:00") == 1452852000);
  CHECK(iso("2016-01-15 12:00:00.999") == 1452877200);
  CHECK(iso(" 2016-01-15 12:00 ") == 1452877200);
  CHECK(iso("2016-01-15") == -1);
  CHECK(iso("2016-02-30T12:00:00Z") == -1);
  CHECK(iso("infinite-future") == -1);
}

TEST_CASE("TimeReader keeps microseconds") {
  const auto instant =
      TimeReader({"iso", "", Ambiguous::kFirst}).read("2016-01-15T12:00:00.123456Z");
  REQUIRE(instant);
  CHECK(instant->time_since_epoch().count() == 1452859200123456);
}

TEST_CASE("TimeReader refuses an iso time without offset when no zone is given") {
  CHECK(read("", "2016-01-15T12:00:00", Ambiguous::kFirst, "iso") == -1);
}

TEST_CASE("TimeReader reads unix seconds and milliseconds within the years it knows") {
  CHECK(read("", "1452859200", Ambiguous::kFirst, "unix") == 1452859200);
  CHECK(read("", "1452859200.75", Ambiguous::kFirst, "unix") == 1452859200);
  CHECK(read("", "1452859200123", Ambiguous::kFirst, "unix_ms") == 1452859200);
  CHECK(read("", "1452859200123", Ambiguous::kFirst, "unix") == -1);
  CHECK(read("", "99999999999999999999", Ambiguous::kFirst, "unix") == -1);
  CHECK(read("", "12e3", Ambiguous::kFirst, "unix") == -1);
}

TEST_CASE("TimeReader reads twelve-hour clocks") {
  CHECK(read("America/New_York", "1/15/2016 12:05 AM", Ambiguous::kFirst, "%m/%d/%Y %I:%M %p") ==
        1452834300);
}

TEST_CASE("TimeReader names the zone that is meant when one is mistyped") {
  REQUIRE_THROWS_WITH(TimeReader({"iso", "America/NewYork", Ambiguous::kFirst}),
                      Catch::Contains("did you mean \"America/New_York\"?"));
}

TEST_CASE("TimeReader refuses a format without year, without offset, or of unknown name") {
  const auto make = [](const std::string& format) { TimeReader({format, "", Ambiguous::kFirst}); };
  CHECK_THROWS_WITH(make("%H:%M"), Catch::Contains("no year"));
  CHECK_THROWS_WITH(make("%Y-%m-%d"), Catch::Contains("add zone"));
  CHECK_THROWS_WITH(make("unixms"), Catch::Contains("did you mean \"unix_ms\"?"));
}

}  // namespace
}  // namespace commonwatch::cli
