// Whatever the log looks like: the engine shows what a computation from scratch shows.
#include <catch2/catch.hpp>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/oracle.h"
#include "tests/hotspot/random_log.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

constexpr auto kTick = std::chrono::minutes(20);

void apply(Engine& engine, const Report& report) {
  engine.apply(report.key, report.revision, report.incident);
}

std::uint64_t version_at(Instant tick) {
  return static_cast<std::uint64_t>((tick - kStart) / kTick) + 1;
}

Instant tick_at_or_after(Instant instant) {
  const auto ticks = (instant - kStart + kTick - Duration(1)) / kTick;
  return kStart + ticks * kTick;
}

// Calls `at_tick(tick, reports that arrived since the last one)` for every tick of the log.
template <class AtTick>
void follow(const std::vector<Report>& log, AtTick at_tick) {
  std::size_t next = 0;
  const Instant end = tick_at_or_after(log.back().arrives) + std::chrono::days(3);
  for (Instant tick = kStart; tick <= end; tick += kTick) {
    std::vector<Report> arrived;
    for (; next < log.size() && log[next].arrives <= tick; ++next) arrived.push_back(log[next]);
    at_tick(tick, arrived);
  }
}

TEST_CASE("Hotspots equal those computed from scratch at every look, for any log") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Settings settings = random_settings(random);
    const auto log = random_log(random, 250, static_cast<int>(random.between(3, 110)));
    Engine engine(settings);
    Knowledge knowledge;
    Subscriber subscriber;
    std::size_t seen = 0;
    follow(log, [&](Instant tick, const std::vector<Report>& arrived) {
      for (const Report& report : arrived) {
        apply(engine, report);
        knowledge.learn(report);
      }
      if (arrived.empty() && random.chance(70)) return;
      subscriber.receive(engine.advance(model::Version(version_at(tick)), tick));
      const auto expected = Oracle(settings, knowledge.incidents(), tick).hotspots();
      CAPTURE(to_rfc3339(tick));
      REQUIRE(shown(engine) == expected);
      seen += expected.size();
    });
    REQUIRE(subscriber.tiles() == engine.tiles());
    CHECK(seen > 0);
  }
}

TEST_CASE("Order, repetition and number of ticks leave no trace in what is shown") {
  for (std::uint64_t seed = 100; seed < 130; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Settings settings = random_settings(random);
    auto log = random_log(random, 300, static_cast<int>(random.between(2, 60)));
    const Instant end = log.back().arrives;
    Engine live(settings);
    std::uint64_t version = 0;
    for (const Report& report : log) {
      apply(live, report);
      if (random.chance(30)) live.advance(model::Version(++version), report.arrives);
    }
    live.advance(model::Version(++version), end);

    const std::size_t size = log.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (random.chance(30)) log.push_back(log[i]);
    }
    random.shuffle(log);
    Engine at_once(settings);
    for (const Report& report : log) apply(at_once, report);
    at_once.advance(model::Version(1), end);
    REQUIRE(shown(at_once) == shown(live));
    REQUIRE(at_once.incidents() >= live.incidents());
  }
}

TEST_CASE("Advancing only after reports and at next_change gives the deltas of every tick") {
  for (std::uint64_t seed = 200; seed < 220; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Settings settings = random_settings(random);
    const auto log = random_log(random, 60, static_cast<int>(random.between(3, 120)));
    Engine every(settings);
    Engine sparing(settings);
    std::size_t skipped = 0;
    std::size_t changes = 0;
    follow(log, [&](Instant tick, const std::vector<Report>& arrived) {
      for (const Report& report : arrived) {
        apply(every, report);
        apply(sparing, report);
      }
      const auto due = sparing.next_change();
      const auto deltas = every.advance(model::Version(version_at(tick)), tick);
      changes += deltas.size();
      if (!arrived.empty() || (due && *due <= tick)) {
        REQUIRE(sparing.advance(model::Version(version_at(tick)), tick) == deltas);
        return;
      }
      ++skipped;
      CAPTURE(to_rfc3339(tick));
      REQUIRE(deltas.empty());
      REQUIRE(sparing.tiles() == every.tiles());
    });
    CHECK(skipped > 0);
    CHECK(changes > 0);
  }
}

TEST_CASE("An engine restored at any point goes on with the same deltas and checkpoint bytes") {
  for (std::uint64_t seed = 300; seed < 320; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Settings settings = random_settings(random);
    const auto log = random_log(random, 150, static_cast<int>(random.between(3, 110)));
    Engine whole(settings);
    Engine broken(settings);
    const auto crash = [&] {
      auto restored = Engine::restore(settings, broken.checkpoint());
      REQUIRE(restored.has_value());
      broken = std::move(*restored);
    };
    crash();
    follow(log, [&](Instant tick, const std::vector<Report>& arrived) {
      for (const Report& report : arrived) {
        apply(whole, report);
        apply(broken, report);
        if (random.chance(3)) crash();
      }
      if (arrived.empty() && random.chance(80)) return;
      const model::Version version(version_at(tick));
      REQUIRE(broken.advance(version, tick) == whole.advance(version, tick));
      if (random.chance(2)) {
        crash();
        REQUIRE(broken.checkpoint() == whole.checkpoint());
        REQUIRE(broken.next_change() == whole.next_change());
        REQUIRE(broken.tiles() == whole.tiles());
        REQUIRE(broken.incidents() == whole.incidents());
      }
    });
    REQUIRE(broken.checkpoint() == whole.checkpoint());
  }
}

TEST_CASE("The same incidents reported in another order give the same checkpoint bytes") {
  for (std::uint64_t seed = 400; seed < 410; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Settings settings = random_settings(random);
    auto log = random_log(random, 200, 20);
    const Instant end = log.back().arrives;
    Engine ordered(settings);
    for (const Report& report : log) apply(ordered, report);
    ordered.advance(model::Version(1), end);
    random.shuffle(log);
    Engine shuffled(settings);
    for (const Report& report : log) apply(shuffled, report);
    shuffled.advance(model::Version(1), end);
    REQUIRE(shuffled.checkpoint() == ordered.checkpoint());
  }
}

}  // namespace
}  // namespace commonwatch::hotspot::test
