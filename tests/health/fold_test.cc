#include <catch2/catch.hpp>

#include "tests/health/arrivals.h"

namespace commonwatch::health::test {
namespace {

// A small world in which everything happens: sources begin, stop, import, are forgotten and come
// back; groups form and dissolve.
Arrivals random_arrivals(Random& random, int number_of_days) {
  Arrivals arrivals;
  const Instant end = kStart + days(number_of_days);
  for (int i = 0; i < 14; ++i) {
    const std::string partner = i % 3 == 0 ? "ems" : i % 3 == 1 ? "ems-2" : "police";
    const std::string part = random.chance(20) ? "phone-" : "s";
    const auto name = source(partner + "/" + part + std::to_string(i));
    const Instant from = kStart + hours(random.between(0, 24 * 20));
    const double per_day = random.chance(60) ? 0.7 : static_cast<double>(random.between(1, 40));
    Arrivals own = steady(random, name, from, end, per_day, random.chance(50) ? 30 : 40'000);
    if (random.chance(60)) {
      const Instant down = from + hours(random.between(0, 24 * number_of_days));
      drop(own, down, down + hours(random.between(1, 24 * 70)));
    }
    if (random.chance(20)) {
      const Instant at = from + hours(random.between(0, 24 * 40));
      for (int k = 0; k < 500; ++k) own.push_back({at, name, at - hours(k)});
    }
    append(arrivals, own);
  }
  return arrivals;
}

Settings random_settings(Random& random) {
  Settings settings;
  if (random.chance(50)) settings.group_prefixes = {"phone-"};
  settings.group_sources_min = static_cast<int>(random.between(2, 6));
  settings.trailing_days = static_cast<int>(random.between(28, 56));
  settings.retired_days = settings.trailing_days + static_cast<int>(random.between(1, 4));
  settings.starting_events = static_cast<int>(random.between(5, 20));
  settings.late_events_min = static_cast<int>(random.between(2, 10));
  return settings;
}

// Calls `tick` with times to advance to, a random span apart, each after what was recorded by then.
template <class Tick>
void feed(Random& random, Sources& sources, const Arrivals& arrivals, std::size_t from,
          std::size_t to, Tick tick) {
  for (std::size_t i = from; i < to; ++i) {
    sources.receive(arrivals[i].source, arrivals[i].recorded, arrivals[i].occurred);
    if (random.chance(70)) continue;
    const Instant next = i + 1 < arrivals.size() ? arrivals[i + 1].recorded : arrivals[i].recorded;
    const auto span = (next - arrivals[i].recorded).count();
    const Instant now = arrivals[i].recorded + Duration(span > 0 ? random.between(0, span - 1) : 0);
    if (span > 0) tick(now);
  }
}

}  // namespace

TEST_CASE("What is shown does not depend on how many ticks there were") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Arrivals arrivals = random_arrivals(random, 130);
    const Settings settings = random_settings(random);
    Sources often(settings);
    Sources seldom(settings);
    std::size_t received = 0;
    feed(random, often, arrivals, 0, arrivals.size(), [&](Instant now) {
      while (often.next_change() <= now) often.advance(often.next_change());
      if (!random.chance(3)) return;
      for (; received < arrivals.size() && arrivals[received].recorded <= now; ++received) {
        const Arrival& arrival = arrivals[received];
        seldom.receive(arrival.source, arrival.recorded, arrival.occurred);
      }
      seldom.advance(now);
      REQUIRE(seldom.health() == often.health());
    });
  }
}

TEST_CASE("Before next_change a fold anew shows the same") {
  for (std::uint64_t seed = 30; seed <= 35; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Arrivals arrivals = random_arrivals(random, 60);
    const Settings settings = random_settings(random);
    const auto fold = [&](Instant now) {
      Sources sources(settings);
      for (const Arrival& arrival : arrivals) {
        sources.receive(arrival.source, arrival.recorded, arrival.occurred);
      }
      sources.advance(now);
      return sources.health();
    };
    Sources waiting(settings);
    for (const Arrival& arrival : arrivals) {
      waiting.receive(arrival.source, arrival.recorded, arrival.occurred);
    }
    Instant now = arrivals.back().recorded + minutes(1);
    waiting.advance(now);
    for (int i = 0; i < 100; ++i) {
      now += minutes(random.between(1, 60));
      while (waiting.next_change() <= now) waiting.advance(waiting.next_change());
      REQUIRE(fold(now) == waiting.health());
    }
  }
}

TEST_CASE("Restored from a checkpoint at any point, the fold goes on as if it had not stopped") {
  for (std::uint64_t seed = 60; seed <= 71; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const Arrivals arrivals = random_arrivals(random, 130);
    const Settings settings = random_settings(random);
    Sources straight(settings);
    const auto size = static_cast<std::int64_t>(arrivals.size());
    const auto cut = static_cast<std::size_t>(random.between(0, size - 1));
    feed(random, straight, arrivals, 0, cut, [&](Instant now) { straight.advance(now); });
    const std::string bytes = straight.checkpoint();
    Sources restored(settings);
    REQUIRE(restored.restore(bytes).has_value());
    const bool written_again = restored.checkpoint() == bytes;
    CHECK(written_again);
    CHECK(restored.health() == straight.health());
    CHECK(restored.next_change() == straight.next_change());
    CHECK(restored.silences() == straight.silences());
    std::size_t given = cut;
    feed(random, straight, arrivals, cut, arrivals.size(), [&](Instant now) {
      for (; given < arrivals.size() && arrivals[given].recorded <= now; ++given) {
        const Arrival& arrival = arrivals[given];
        restored.receive(arrival.source, arrival.recorded, arrival.occurred);
      }
      REQUIRE(restored.advance(now) == straight.advance(now));
      REQUIRE(restored.health() == straight.health());
      REQUIRE(restored.next_change() == straight.next_change());
    });
    for (; given < arrivals.size(); ++given) {
      restored.receive(arrivals[given].source, arrivals[given].recorded, arrivals[given].occurred);
    }
    const bool same_bytes = restored.checkpoint() == straight.checkpoint();
    CHECK(same_bytes);
  }
}

TEST_CASE("Within a minute health changes once") {
  Sources sources(Settings{});
  const auto name = source("ems/a");
  sources.receive(name, kStart + seconds(10), kStart);
  CHECK_FALSE(sources.advance(kStart + seconds(20)));
  CHECK(sources.next_change() == kStart + minutes(1));
  CHECK(sources.advance(kStart + seconds(61)));
  const auto shown = sources.health();
  sources.receive(name, kStart + seconds(70), kStart);
  CHECK_FALSE(sources.advance(kStart + seconds(119)));
  CHECK(sources.health() == shown);
  CHECK(sources.advance(kStart + seconds(120)));
  CHECK(sources.health()[0].received == 2);
}

TEST_CASE("A checkpoint that was cut, changed, or is of other settings is refused") {
  Random random(5);
  Sources sources(Settings{});
  for (const Arrival& arrival : random_arrivals(random, 30)) {
    sources.receive(arrival.source, arrival.recorded, arrival.occurred);
  }
  sources.advance(kStart + days(31));
  const std::string bytes = sources.checkpoint();
  Sources other(Settings{});
  for (int i = 0; i < 200; ++i) {
    const auto at =
        static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(bytes.size()) - 1));
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1 << random.between(0, 7)));
    CHECK_FALSE(other.restore(changed).has_value());
    CHECK_FALSE(other.restore(std::string_view(bytes).substr(0, at)).has_value());
  }
  CHECK(other.health().empty());
  Settings settings;
  settings.starting_events = 21;
  CHECK_FALSE(Sources(settings).restore(bytes).has_value());
  CHECK(other.restore(bytes).has_value());
}

}  // namespace commonwatch::health::test
