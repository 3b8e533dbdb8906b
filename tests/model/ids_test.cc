#include "hub/model/ids.h"

#include <catch2/catch.hpp>
#include <set>

namespace commonwatch::model {
namespace {

TEST_CASE("A source's name has two parts of lower-case letters, digits, hyphen, underscore, dot") {
  for (const char* text : {"county-ems/cad-1", "a/b", "0/9", "x_y.z/v1.2", "-/_"}) {
    CAPTURE(text);
    const auto name = SourceName::parse(text);
    REQUIRE(name.has_value());
    CHECK(name->text() == text);
  }
  CHECK(SourceName::parse("county-ems/cad-1")->partner() == "county-ems");
}

TEST_CASE("A source's name of another shape is refused") {
  const std::string long_part(65, 'a');
  for (const std::string& text :
       {std::string(""), std::string("a"), std::string("a/"), std::string("/b"),
        std::string("a/b/c"), std::string("A/b"), std::string("a/B"), std::string("a /b"),
        std::string(".a/b"), std::string("a/.."), std::string("\xc3\xa4/b"),
        std::string("a\0/b", 4), long_part + "/b", "a/" + long_part, std::string("a\n/b")}) {
    CAPTURE(text);
    CHECK_FALSE(SourceName::parse(text).has_value());
  }
  CHECK(SourceName::parse(std::string(64, 'a') + "/" + std::string(64, 'b')).has_value());
}

TEST_CASE("No partner can have the name of the hub's own source") {
  CHECK_FALSE(SourceName::parse(SourceName::hub().text()).has_value());
}

TEST_CASE("A tick is the first at or behind, and the last at or before, a moment") {
  const TickLength tick(std::chrono::milliseconds(250));
  const auto moment = [](std::int64_t micros) { return instant_from_micros(micros); };
  CHECK(tick.at_or_after(moment(0)) == Version(0));
  CHECK(tick.at_or_after(moment(1)) == Version(1));
  CHECK(tick.at_or_after(moment(250'000)) == Version(1));
  CHECK(tick.at_or_after(moment(250'001)) == Version(2));
  CHECK(tick.at_or_before(moment(249'999)) == Version(0));
  CHECK(tick.at_or_before(moment(250'000)) == Version(1));
  CHECK(tick.at_or_before(moment(499'999)) == Version(1));
  CHECK(tick.at_or_after(moment(-5)) == Version(0));
  CHECK(tick.at_or_before(moment(-5)) == Version(0));
  for (std::uint64_t version : {1ULL, 7ULL, 5'900'000'000ULL}) {
    const Instant instant = tick.instant_of(Version(version));
    CHECK(tick.at_or_after(instant) == Version(version));
    CHECK(tick.at_or_before(instant) == Version(version));
  }
}

TEST_CASE("Engine epochs differ by log, audience, settings and generation, and are never zero") {
  std::set<EngineEpoch> epochs;
  for (std::uint64_t log = 0; log < 10; ++log) {
    for (const char* audience : {"all", "police", "public"}) {
      for (const char* settings : {"a = 1\n", "a = 2\n"}) {
        for (std::uint32_t generation = 1; generation <= 10; ++generation) {
          const EngineEpoch epoch =
              make_engine_epoch(LogEpoch(log), audience, digest_of(settings), generation);
          CHECK(epoch.value() != 0);
          CHECK(epoch == make_engine_epoch(LogEpoch(log), audience, digest_of(settings), generation));
          epochs.insert(epoch);
        }
      }
    }
  }
  CHECK(epochs.size() == 600);
}

}  // namespace
}  // namespace commonwatch::model
