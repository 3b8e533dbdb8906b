#include "hub/hotspot/checkpoint.h"

#include <catch2/catch.hpp>

#include "hub/hotspot/engine.h"
#include "hub/hotspot/scoring.h"
#include "tests/hotspot/random_log.h"
#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

constexpr std::size_t kHashBytes = 8;

Engine some_engine() {
  Random random(42);
  Settings settings;
  settings.note_score = 1;
  Engine engine(settings);
  std::uint64_t version = 0;
  for (const Report& report : random_log(random, 80, 3)) {
    engine.apply(report.key, report.revision, report.incident);
    engine.advance(model::Version(++version), report.arrives);
  }
  for (std::uint64_t i = 0; i < 5; ++i) {
    engine.apply(IncidentKey{{i, 8}}, 1,
                 Incident{engine.as_of(), model::Cell::at({41, -76}, model::kLeafLevel)});
  }
  engine.advance(model::Version(++version), engine.as_of());
  REQUIRE_FALSE(engine.tiles().empty());
  return engine;
}

Settings some_settings() {
  Settings settings;
  settings.note_score = 1;
  return settings;
}

// With a hash that fits, so that what is inside has to be looked at.
std::string sealed(std::string body) {
  std::uint64_t hash = checkpoint_hash(body);
  for (std::size_t i = 0; i < kHashBytes; ++i, hash >>= 8U) {
    body.push_back(static_cast<char>(hash & 0xffU));
  }
  return body;
}

TEST_CASE("A checkpoint cut off anywhere, or with any bit flipped, is refused") {
  const std::string whole = some_engine().checkpoint();
  REQUIRE(Engine::restore(some_settings(), whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    REQUIRE(Engine::restore(some_settings(), whole.substr(0, size)).has_error());
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    REQUIRE(Engine::restore(some_settings(), damaged).error().code == ErrorCode::kInternal);
  }
}

TEST_CASE("Whatever a checkpoint says, if it is taken the engine goes on and stays bounded") {
  Random random(7);
  const std::string whole = some_engine().checkpoint();
  const std::string body = whole.substr(0, whole.size() - kHashBytes);
  int taken = 0;
  for (int round = 0; round < 4000; ++round) {
    CAPTURE(round);
    std::string damaged = body;
    for (std::int64_t flips = random.between(1, 4); flips > 0; --flips) {
      const auto at = random.between(0, static_cast<std::int64_t>(damaged.size()) - 1);
      damaged[static_cast<std::size_t>(at)] = static_cast<char>(
          random.chance(50) ? random.between(0, 255) : 255 * random.between(0, 1));
    }
    if (random.chance(20)) {
      damaged.resize(
          static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(damaged.size()))));
    }
    auto engine = Engine::restore(some_settings(), sealed(damaged));
    if (!engine) continue;
    ++taken;
    REQUIRE(engine->bytes() < 100 * whole.size());
    const Instant next = engine->as_of() + std::chrono::hours(1);
    if (engine->version().value() == UINT64_MAX) continue;
    try {
      engine->advance(engine->version().next(), next);
    } catch (const std::invalid_argument&) {  // time has run out of its range
    }
    REQUIRE(engine->checkpoint().size() < 10 * whole.size());
  }
  CHECK(taken > 100);
}

TEST_CASE("A checkpoint of other settings or of something else is refused with what to do") {
  const std::string whole = some_engine().checkpoint();
  Settings other = some_settings();
  other.prior_days = 61;
  const auto refused = Engine::restore(other, whole);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::kInternal);
  CHECK_THAT(refused.error().message, Catch::Contains("other settings"));
  CHECK_THAT(refused.error().message, Catch::Contains("delete it"));
  CHECK(Engine::restore(some_settings(), sealed("something else")).has_error());
  CHECK(Engine::restore(some_settings(), "").has_error());
}

TEST_CASE("A checkpoint with a tile, cell or number that cannot be is refused") {
  const auto refused = [](const auto& spoil) {
    CheckpointContent content;
    content.advanced = true;
    content.version = model::Version(9);
    content.as_of = kStart;
    model::TileState tile{
        model::Cell::at({40, -75}, model::kTileLevel), model::Version(3), kStart, {}};
    tile.hotspots.push_back(hotspot_of(model::Cell::at({40, -75}, 13)));
    content.tiles.push_back(tile);
    IncidentEntry entry;
    entry.state = IncidentEntry::State::kLive;
    entry.revision = 1;
    content.incidents.push_back(entry);
    REQUIRE(decode_checkpoint({}, encode_checkpoint({}, content)).has_value());
    spoil(content);
    return decode_checkpoint({}, encode_checkpoint({}, content)).has_error();
  };
  CHECK(refused([](auto& c) { c.tiles[0].tile = model::Cell(5); }));
  CHECK(refused([](auto& c) { c.tiles[0].version = model::Version(10); }));
  CHECK(refused([](auto& c) { c.tiles.push_back(c.tiles[0]); }));
  CHECK(refused([](auto& c) { c.tiles[0].hotspots[0].zone.cell = model::Cell::at({50, 9}, 13); }));
  CHECK(refused([](auto& c) { c.tiles[0].hotspots.push_back(c.tiles[0].hotspots[0]); }));
  CHECK(refused([](auto& c) { c.tiles[0].hotspots[0].score = std::nan(""); }));
  CHECK(
      refused([](auto& c) { c.tiles[0].hotspots[0].severity = static_cast<model::Severity>(9); }));
  CHECK(refused([](auto& c) { c.incidents.push_back(c.incidents[0]); }));
  CHECK(refused([](auto& c) { c.incidents[0].state = IncidentEntry::State::kFree; }));
  CHECK(refused([](auto& c) {
    c.incidents[0].state = IncidentEntry::State::kTombstone;
    c.incidents[0].incident.persons = 1;
  }));
  CHECK(refused([](auto& c) { c.as_of = Instant::max(); }));
}

}  // namespace
}  // namespace commonwatch::hotspot::test
