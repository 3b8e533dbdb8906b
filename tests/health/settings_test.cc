#include "hub/health/settings.h"

#include <catch2/catch.hpp>

#include "hub/base/error.h"

namespace commonwatch::health::test {

TEST_CASE("Settings that mean the same have the same text") {
  Settings a;
  Settings b;
  a.group_prefixes = {"phone-", "app-", "phone-"};
  b.group_prefixes = {"app-", "phone-"};
  CHECK(a.canonical() == b.canonical());
  CHECK(normalised(a).canonical() == a.canonical());
  b.silence_gap_factor = 1.25;
  CHECK(a.canonical() != b.canonical());
}

TEST_CASE("A setting out of range is refused by its name") {
  const auto field_of = [](auto change) {
    Settings settings;
    change(settings);
    try {
      normalised(settings);
    } catch (const Failure& failure) {
      return failure.error().field;
    }
    return std::string("none");
  };
  CHECK(field_of([](Settings&) {}) == "none");
  CHECK(field_of([](Settings& s) { s.group_prefixes = {"Phone"}; }) == "health.group_prefixes");
  CHECK(field_of([](Settings& s) { s.group_sources_min = 1; }) == "health.group_sources_min");
  CHECK(field_of([](Settings& s) { s.trailing_days = 57; }) == "health.trailing_days");
  CHECK(field_of([](Settings& s) { s.retired_days = 56; }) == "health.retired_days");
  CHECK(field_of([](Settings& s) { s.silence_probability_max = 0; }) ==
        "health.silence_probability_max");
  CHECK(field_of([](Settings& s) { s.silence_gap_factor = 0.5; }) == "health.silence_gap_factor");
}

}  // namespace commonwatch::health::test
