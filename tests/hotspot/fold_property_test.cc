// Invariants checked, for any log: what is found is what a computation from scratch finds; the
// order, the repetition and the detours of reports leave no trace; nothing changes between two
// moments that next_change() names; an engine restored anywhere goes on as if nothing had been.
#include <catch2/catch.hpp>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/oracle.h"
#include "tests/hotspot/random_city.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

std::vector<Finding> expected_findings(const World& world, Instant as_of) {
  std::vector<Finding> all;
  for (const std::string& name : jurisdictions_of(world.settings)) {
    const auto found = Oracle(world, name, as_of).findings();
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

// What may be compared of an engine, apart from its checkpoint.
void require_same(const Engine& a, const Engine& b) {
  REQUIRE(a.findings() == b.findings());
  REQUIRE(a.places() == b.places());
  REQUIRE(a.comparisons() == b.comparisons());
  REQUIRE(a.proposals() == b.proposals());
  REQUIRE(a.due() == b.due());
  REQUIRE(a.next_change() == b.next_change());
}

TEST_CASE("Findings equal those computed from scratch at every look, for any log") {
  std::size_t found = 0;
  std::size_t long_jumps = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    RandomCity city(seed);
    const auto steps = city.make_steps(40);
    Engine engine(city.settings(), city.partners());
    World world{city.settings(), {}, {}, {}, {}};
    std::uint64_t version = 0;
    for (const Step& step : steps) {
      for (const Call& call : step.calls) {
        tell(engine, call);
        tell(world, call);
      }
      const bool jump = version > 0 && step.as_of - engine.as_of() > days(15);
      engine.advance(model::Version(++version), step.as_of);
      if (!jump && version > 1 && !city.random().chance(25)) continue;
      CAPTURE(version, to_rfc3339(step.as_of), world.settings.canonical());
      REQUIRE(engine.findings() == expected_findings(world, step.as_of));
      found += engine.findings().size();
      long_jumps += jump ? 1 : 0;
    }
  }
  CHECK(found > 500);
  CHECK(long_jumps > 20);
}

TEST_CASE("Order, repetition, detours and number of ticks leave no trace in what is found") {
  std::size_t found = 0;
  std::size_t places = 0;
  for (std::uint64_t seed = 100; seed < 124; ++seed) {
    CAPTURE(seed);
    RandomCity city(seed);
    const auto steps = city.make_steps(60);
    Engine live(city.settings(), city.partners());
    World world{city.settings(), {}, {}, {}, {}};
    std::uint64_t version = 0;
    for (const Step& step : steps) {
      for (const Call& call : step.calls) {
        tell(live, call);
        tell(world, call);
      }
      live.advance(model::Version(++version), step.as_of);
    }
    // Places and comparisons are made at the turn of a day.
    const Instant end = std::chrono::ceil<days>(steps.back().as_of) + hours(12);
    live.advance(model::Version(++version), end - hours(12));
    live.advance(model::Version(++version), end);

    std::vector<Call> calls;
    for (const auto& [key, incident] : world.incidents) {
      calls.emplace_back(Report{key, incident});
      if (city.random().chance(30)) calls.emplace_back(Report{key, incident});
    }
    for (const auto& [cell, decision] : world.sites) calls.emplace_back(decision);
    for (const auto& [name, calibration] : world.calibrations) calls.emplace_back(calibration);
    calls.emplace_back(world.silences);
    city.random().shuffle(calls);
    Engine at_once(city.settings(), city.partners());
    for (const Call& call : calls) {
      if (const auto* report = std::get_if<Report>(&call); report && city.random().chance(20)) {
        model::Incident elsewhere = *report->incident;
        elsewhere.occurred += hours(5);
        elsewhere.partners = {3};
        tell(at_once, Report{report->key, elsewhere});
        if (city.random().chance(50)) tell(at_once, Report{report->key, std::nullopt});
      }
      tell(at_once, call);
    }
    at_once.advance(model::Version(1), end - hours(12));
    at_once.advance(model::Version(2), end);
    REQUIRE(at_once.findings() == live.findings());
    REQUIRE(at_once.places() == live.places());
    REQUIRE(at_once.comparisons() == live.comparisons());
    REQUIRE(at_once.proposals() == live.proposals());
    REQUIRE(at_once.incidents() == live.incidents());
    found += live.findings().size();
    places += live.places().size();
  }
  CHECK(found > 10);
  CHECK(places > 10);
}

TEST_CASE("Advancing only behind calls and at next_change finds what every tick finds") {
  std::size_t skipped = 0;
  for (std::uint64_t seed = 200; seed < 212; ++seed) {
    CAPTURE(seed);
    RandomCity city(seed);
    const auto steps = city.make_steps(30);
    Engine every(city.settings(), city.partners());
    Engine sparing(city.settings(), city.partners());
    constexpr auto kTick = minutes(20);
    Instant tick = std::chrono::ceil<days>(steps.front().as_of);
    std::uint64_t version = 0;
    for (const Step& step : steps) {
      bool called = false;
      for (const Call& call : step.calls) {
        tell(every, call);
        tell(sparing, call);
        called = true;
      }
      // Of long silences the first days and the last.
      const Instant until = std::max(tick, Instant(std::chrono::ceil<days>(step.as_of) + hours(2)));
      if (until - tick > days(8)) tick = until - days(4);
      for (; tick <= until; tick += kTick) {
        ++version;
        const auto due = sparing.next_change();
        every.advance(model::Version(version), tick);
        if (version == 1 || called || (due && *due <= tick)) {
          sparing.advance(model::Version(version), tick);
        } else {
          ++skipped;
        }
        called = false;
        CAPTURE(to_rfc3339(tick));
        require_same(every, sparing);
      }
    }
  }
  CHECK(skipped > 1000);
}

TEST_CASE("An engine restored at any tick goes on with the same findings and checkpoint bytes") {
  for (std::uint64_t seed = 300; seed < 320; ++seed) {
    CAPTURE(seed);
    RandomCity city(seed);
    Engine whole(city.settings(), city.partners());
    Engine broken(city.settings(), city.partners());
    std::uint64_t version = 0;
    for (const Step& step : city.make_steps(40)) {
      for (const Call& call : step.calls) {
        tell(whole, call);
        tell(broken, call);
      }
      ++version;
      CAPTURE(version, to_rfc3339(step.as_of));
      REQUIRE(broken.advance(model::Version(version), step.as_of) ==
              whole.advance(model::Version(version), step.as_of));
      require_same(broken, whole);
      if (!city.random().chance(20)) continue;
      const std::string bytes = broken.checkpoint();
      REQUIRE(bytes == whole.checkpoint());
      auto restored = Engine::restore(city.settings(), city.partners(), bytes);
      REQUIRE(restored.has_value());
      broken = std::move(*restored);
      require_same(broken, whole);
      REQUIRE(broken.checkpoint() == bytes);
      REQUIRE(broken.incidents() == whole.incidents());
    }
    REQUIRE(broken.checkpoint() == whole.checkpoint());
  }
}

TEST_CASE("The same incidents reported in another order give the same checkpoint bytes") {
  for (std::uint64_t seed = 400; seed < 406; ++seed) {
    CAPTURE(seed);
    RandomCity city(seed);
    auto steps = city.make_steps(0);
    Engine ordered(city.settings(), city.partners());
    for (const Call& call : steps[0].calls) tell(ordered, call);
    ordered.advance(model::Version(1), steps[0].as_of);
    city.random().shuffle(steps[0].calls);
    Engine shuffled(city.settings(), city.partners());
    for (const Call& call : steps[0].calls) tell(shuffled, call);
    shuffled.advance(model::Version(1), steps[0].as_of);
    REQUIRE(shuffled.checkpoint() == ordered.checkpoint());
  }
}

}  // namespace
}  // namespace commonwatch::hotspot::test
