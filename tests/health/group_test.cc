#include <catch2/catch.hpp>

#include "tests/health/arrivals.h"

namespace commonwatch::health::test {
namespace {

using model::HealthState;

constexpr std::uint64_t kSeed = 4242;

std::string phone(int i) { return "street-team/phone-" + std::to_string(i); }

// Phones with one report a week each.
Arrivals phones(Random& random, int number, Instant end) {
  Arrivals arrivals;
  for (int i = 0; i < number; ++i) {
    append(arrivals, steady(random, source(phone(i)), kStart, end, 1.0 / 7, 300));
  }
  return arrivals;
}

std::vector<std::string> names(const Sources& sources) {
  std::vector<std::string> names;
  for (const auto& health : sources.health()) names.push_back(health.name);
  return names;
}

}  // namespace

TEST_CASE("200 phones with one report a week each are judged as their partner, and found") {
  Settings settings;
  if (GENERATE(false, true)) settings.group_prefixes = {"phone-"};
  INFO("seed " << kSeed << ", by prefix " << !settings.group_prefixes.empty());
  Random random(kSeed);
  const Instant down = kStart + days(120);
  Run run(settings);
  run.feed(phones(random, 200, down), down + days(2));
  CHECK(names(run.sources) == std::vector<std::string>{"street-team"});
  CHECK(run.of("street-team").id == "source:street-team");
  CHECK(run.of("street-team").expected == Approx(200.0 / 7).epsilon(0.2));
  CHECK(run.silences("street-team") <= 3);  // this one, and less than twice a year by chance
  const auto found = run.first("street-team", HealthState::kSilent, down);
  REQUIRE(found.has_value());
  CHECK(hours_between(down, *found) < 24);
  CHECK(run.sources.silent_since(phone(17)) == run.of("street-team").watermark);
}

TEST_CASE("A partner's large source stands beside the group of its small ones") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant end = kStart + days(40);
  Arrivals arrivals = phones(random, 20, end);
  append(arrivals, steady(random, source("street-team/desk"), kStart, end, 20, 300));
  Run run;
  run.feed(arrivals, end);
  CHECK(names(run.sources) == std::vector<std::string>{"street-team", "street-team/desk"});
  CHECK_FALSE(run.sources.silent_since("street-team").has_value());
}

TEST_CASE("Few small sources of a partner stand alone") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant end = kStart + days(40);
  Run run;
  run.feed(phones(random, 5, end), end);
  CHECK(run.sources.health().size() == 5);
}

TEST_CASE("A partner is silent when all its sources are, since the latest of them") {
  INFO("seed " << kSeed);
  Random random(kSeed);
  const Instant down = kStart + days(40);
  Arrivals arrivals = steady(random, source("fire/a"), kStart, down, 40, 300);
  append(arrivals, steady(random, source("fire/b"), kStart, down + days(1), 40, 300));
  append(arrivals, steady(random, source("fire-2/b"), kStart, down + days(3), 40, 300));
  Run run;
  run.feed(arrivals, down + days(1));
  CHECK(run.sources.silent_since("fire/a").has_value());
  CHECK_FALSE(run.sources.silent_since("fire").has_value());
  run.feed({}, down + days(3));
  CHECK(run.sources.silent_since("fire") == run.of("fire/b").watermark);
  CHECK_FALSE(run.sources.silent_since("nobody").has_value());
  CHECK_FALSE(run.sources.silent_since("nobody/x").has_value());
}

TEST_CASE("The hub's own events are no source") {
  Sources sources(Settings{});
  sources.receive(model::SourceName::hub(), kStart, kStart);
  CHECK_FALSE(sources.advance(kStart + hours(1)));
  CHECK(sources.health().empty());
}

}  // namespace commonwatch::health::test
