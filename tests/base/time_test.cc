#include "hub/base/time.h"

#include <catch2/catch.hpp>

#include "hub/base/clock.h"
#include "hub/base/error.h"

namespace commonwatch {
namespace {

TEST_CASE("RFC 3339 is read with Z, with offsets, and with fractions down to a microsecond") {
  const Instant noon =
      Instant(std::chrono::sys_days(std::chrono::year(2016) / 3 / 11)) + std::chrono::hours(12);
  CHECK(parse_rfc3339("2016-03-11T12:00:00Z") == noon);
  CHECK(parse_rfc3339("2016-03-11t12:00:00z") == noon);
  CHECK(parse_rfc3339("2016-03-11 12:00:00Z") == noon);
  CHECK(parse_rfc3339("2016-03-11T07:00:00-05:00") == noon);
  CHECK(parse_rfc3339("2016-03-12T01:45:00+13:45") == noon);
  CHECK(parse_rfc3339("2016-03-11T12:00:00.5Z") == noon + std::chrono::milliseconds(500));
  CHECK(parse_rfc3339("2016-03-11T12:00:00.000001Z") == noon + Duration(1));
  CHECK(parse_rfc3339("2016-03-11T12:00:00.0000019Z") == noon + Duration(1));
}

TEST_CASE("A leap second and a leap day are read") {
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
  CHECK(parse_rfc3339("2016-02-29T00:00:00Z").has_value());
  CHECK_FALSE(parse_rfc3339("2015-02-29T00:00:00Z").has_value());
}

TEST_CASE("What is not RFC 3339 is refused") {
  for (const char* text : {"",
                           "2016",
                           "2016-03-11",
                           "2016-03-11T12:00:00",
                           "2016-03-11T12:00Z",
                           "2016-13-11T12:00:00Z",
                           "2016-00-11T12:00:00Z",
                           "2016-04-31T12:00:00Z",
                           "2016-03-11T24:00:00Z",
                           "2016-03-11T12:60:00Z",
                           "2016-03-11T12:00:61Z",
                           "2016-03-11T12:00:00.Z",
                           "2016-03-11T12:00:00Zx",
                           " 2016-03-11T12:00:00Z",
                           "2016-03-11T12:00:00+5:00",
                           "2016-03-11T12:00:00+24:00",
                           "2016-03-11T12:00:00+05",
                           "16-03-11T12:00:00Z",
                           "0000-01-01T00:00:00Z",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "-016-03-11T12:00:00Z",
                           "2016-03-11T12:00:00+05:60",
                           "2016/03/11T12:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text).has_value());
  }
}

TEST_CASE("Time is printed with as many digits as it needs, and read back unchanged") {
  const Instant noon = *parse_rfc3339("2016-03-11T12:00:00Z");
  CHECK(to_rfc3339(noon) == "2016-03-11T12:00:00Z");
  CHECK(to_rfc3339(noon + std::chrono::milliseconds(20)) == "2016-03-11T12:00:00.020Z");
  CHECK(to_rfc3339(noon + Duration(7)) == "2016-03-11T12:00:00.000007Z");
  CHECK(to_rfc3339(Instant{} - Duration(1)) == "1969-12-31T23:59:59.999999Z");
  for (std::int64_t micros = -4'000'000'000'000'000; micros < 4'000'000'000'000'000;
       micros += 98'765'432'109'877) {
    const Instant instant = instant_from_micros(micros);
    REQUIRE(parse_rfc3339(to_rfc3339(instant)) == instant);
  }
}

TEST_CASE("A manual clock's jump moves the wall and not the time since boot") {
  ManualClock clock(Instant{});
  clock.advance(std::chrono::seconds(5));
  clock.jump(-std::chrono::hours(1));
  CHECK(clock.boot() == std::chrono::seconds(5));
  CHECK(clock.wall() == Instant{} + std::chrono::seconds(5) - std::chrono::hours(1));
}

TEST_CASE("The system's clocks run forward from a sensible date") {
  const SystemClock clock;
  const Duration before = clock.boot();
  CHECK(clock.boot() >= before);
  CHECK(before > Duration(0));
  CHECK(clock.wall() > *parse_rfc3339("2020-01-01T00:00:00Z"));
}

TEST_CASE("The value of a failed result throws its error") {
  const Result<int> failed = make_error(ErrorCode::kNoSpace, "the disk is full", "disk");
  try {
    failed.value();
    FAIL("no exception");
  } catch (const Failure& failure) {
    CHECK(failure.error().code == ErrorCode::kNoSpace);
    CHECK(failure.error().field == "disk");
    CHECK(std::string(failure.what()) == "the disk is full");
  }
}

}  // namespace
}  // namespace commonwatch
