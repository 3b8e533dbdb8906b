#include "hub/hotspot/engine.h"

#include <catch2/catch.hpp>

#include "tests/hotspot/shown.h"

namespace commonwatch::hotspot::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const Instant kNow = *parse_rfc3339("2026-03-01T12:30:00Z");
const model::LatLng kCorner{40.1153, -75.3441};

IncidentKey key(std::uint64_t number) { return IncidentKey{{number, 1}}; }

Incident at(Instant occurred, model::LatLng where = kCorner) {
  return Incident{occurred, model::Cell::at(where, model::kLeafLevel), 1, 0};
}

// A year of a quiet jurisdiction: one person a day, somewhere else every day.
void observe_quiet_year(Engine& engine) {
  for (int day = 0; day < 400; ++day) {
    const model::LatLng where{40 + 0.02 * (day * 17 % 37), -76.9 + 0.03 * (day * 19 % 41)};
    engine.apply(key(1'000'000 + static_cast<std::uint64_t>(day)), 1, at(kNow - days(day), where));
  }
}

void report_burst(Engine& engine, int persons, model::LatLng where = kCorner,
                  std::uint64_t first_key = 1) {
  for (int i = 0; i < persons; ++i) {
    engine.apply(key(first_key + static_cast<std::uint64_t>(i)), 1,
                 at(kNow - minutes(10 * i), where));
  }
}

TEST_CASE("A burst in a quiet jurisdiction is a hotspot with its evidence") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 4);
  engine.apply(key(1), 2, Incident{kNow - minutes(1), at(kNow).cell, 2, 1});
  const auto deltas = engine.advance(model::Version(7), kNow);
  REQUIRE(deltas.size() == 1);
  REQUIRE(deltas[0].changed.size() == 1);
  const model::Hotspot& hotspot = deltas[0].changed[0];
  CHECK(deltas[0].tile == at(kNow).cell.parent(model::kTileLevel));
  CHECK(deltas[0].version == model::Version(7));
  CHECK(deltas[0].previous == model::Version());
  CHECK(deltas[0].as_of == kNow);
  CHECK(hotspot.id == "cell/" + at(kNow).cell.parent(13).token());
  CHECK(hotspot.zone.cell == at(kNow).cell.parent(13));
  CHECK(hotspot.window_hours == 6);
  CHECK(hotspot.count == 5);
  CHECK(hotspot.fatal == 1);
  CHECK(hotspot.severity == model::Severity::kAlert);
  CHECK(hotspot.last_occurred == kNow - minutes(1));
  CHECK(hotspot.exposure_days == 365);
  CHECK_FALSE(hotspot.provisional);
}

TEST_CASE("A hotspot ends when its window has passed, without any report") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 4);
  engine.advance(model::Version(1), kNow);
  REQUIRE(shown(engine).size() == 1);
  std::uint64_t version = 1;
  while (const auto due = engine.next_change()) {
    REQUIRE(*due > engine.as_of());
    engine.advance(model::Version(++version), *due);
    REQUIRE(version < 200);
  }
  CHECK(shown(engine).empty());
  CHECK(engine.as_of() - kNow > hours(160));
  CHECK(engine.as_of() - kNow < hours(170));
}

TEST_CASE("A retraction takes a hotspot back at the next tick") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 3);
  engine.advance(model::Version(1), kNow);
  REQUIRE(shown(engine).size() == 1);
  const std::string id = shown(engine)[0].id;
  engine.apply(key(2), 2, std::nullopt);
  const auto deltas = engine.advance(model::Version(2), kNow);
  REQUIRE(deltas.size() == 1);
  CHECK(deltas[0].removed == std::vector<std::string>{id});
  CHECK(deltas[0].previous == model::Version(1));
  CHECK(engine.tiles().empty());
}

TEST_CASE("A revision that comes after a higher one, or after a retraction, changes nothing") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 2);
  engine.apply(key(3), 5, std::nullopt);
  engine.apply(key(3), 4, at(kNow));
  engine.advance(model::Version(1), kNow);
  CHECK(shown(engine).empty());
  engine.apply(key(3), 6, at(kNow));
  engine.advance(model::Version(2), kNow);
  CHECK(shown(engine).size() == 1);
}

TEST_CASE("A tile that becomes empty and fills again names the version at which it emptied") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 3);
  engine.advance(model::Version(1), kNow);
  engine.apply(key(1), 2, std::nullopt);
  engine.advance(model::Version(2), kNow);
  engine.advance(model::Version(3), kNow);
  engine.apply(key(1), 3, at(kNow));
  const auto deltas = engine.advance(model::Version(4), kNow);
  REQUIRE(deltas.size() == 1);
  CHECK(deltas[0].previous == model::Version(2));
}

TEST_CASE("What occurs in a later hour counts when that hour has come") {
  Engine engine({});
  observe_quiet_year(engine);
  for (std::uint64_t i = 1; i <= 3; ++i) engine.apply(key(i), 1, at(kNow + hours(2)));
  engine.advance(model::Version(1), kNow);
  CHECK(shown(engine).empty());
  REQUIRE(engine.next_change().has_value());
  CHECK(*engine.next_change() == *parse_rfc3339("2026-03-01T13:00:00Z"));
  engine.advance(model::Version(2), *parse_rfc3339("2026-03-01T13:59:59Z"));
  CHECK(shown(engine).empty());
  engine.advance(model::Version(3), *parse_rfc3339("2026-03-01T14:00:00Z"));
  CHECK(shown(engine).size() == 1);
}

TEST_CASE("Overlapping cells of several levels are shown once") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 6);
  engine.advance(model::Version(1), kNow);
  CHECK(shown(engine).size() == 1);
}

TEST_CASE("A second burst under the same coarse cell keeps its own hotspot") {
  Engine engine({});
  observe_quiet_year(engine);
  const model::Cell coarse = at(kNow).cell.parent(11);
  report_burst(engine, 6);
  const model::LatLng other{kCorner.latitude + 0.018, kCorner.longitude - 0.01};
  REQUIRE(coarse.contains(at(kNow, other).cell));
  REQUIRE(at(kNow, other).cell.parent(12) != at(kNow).cell.parent(12));
  report_burst(engine, 3, other, 100);
  engine.advance(model::Version(1), kNow);
  const auto all = shown(engine);
  const bool both = all.size() == 2 || (all.size() == 1 && all[0].zone.cell == coarse);
  CHECK(both);
  std::uint32_t persons = 0;
  for (const auto& hotspot : all) persons += hotspot.count;
  CHECK(persons == 9);
}

TEST_CASE("A fresh log shows a burst, provisionally, and not every cell of its first busy day") {
  Engine burst({});
  report_burst(burst, 4);
  burst.advance(model::Version(1), kNow);
  REQUIRE(shown(burst).size() == 1);
  CHECK(shown(burst)[0].provisional);
  CHECK(shown(burst)[0].exposure_days == 0);

  Engine busy({});
  for (int i = 0; i < 400; ++i) {  // 100 cells of four, over a day
    const model::LatLng where{40 + 0.02 * (i % 10), -75 - 0.03 * (i / 10 % 10)};
    busy.apply(key(static_cast<std::uint64_t>(i)), 1,
               at(kNow - minutes(3 * ((i * 7919) % 400)), where));
  }
  busy.advance(model::Version(1), kNow);
  CHECK(shown(busy).size() <= 2);
}

TEST_CASE("One report misdated by a year does not pass for a year of exposure") {
  Engine engine({});
  engine.apply(key(999), 1, at(kNow - days(390)));
  report_burst(engine, 4);
  engine.advance(model::Version(1), kNow);
  REQUIRE(shown(engine).size() == 1);
  CHECK(shown(engine)[0].exposure_days == 0);
}

TEST_CASE("Times at the ends of the calendar, no persons, and no cell leave the engine sound") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 3);
  engine.apply(key(50), 1, at(instant_from_micros(std::numeric_limits<std::int64_t>::max())));
  engine.apply(key(51), 1, at(instant_from_micros(std::numeric_limits<std::int64_t>::min())));
  engine.apply(key(52), 1, Incident{kNow, at(kNow).cell, 0, 0});
  engine.apply(key(53), 1, Incident{kNow, model::Cell(), 1, 0});
  engine.apply(key(54), 1, Incident{kNow, model::Cell::at(kCorner, 3), 1, 0});
  engine.advance(model::Version(1), kNow);
  REQUIRE(shown(engine).size() == 1);
  CHECK(shown(engine)[0].count == 3);
  for (std::uint64_t i = 50; i <= 54; ++i) engine.apply(key(i), 2, std::nullopt);
  CHECK(engine.advance(model::Version(2), kNow).empty());
}

TEST_CASE("What is older than the engine looks back is forgotten, and memory with it") {
  Engine engine({});
  observe_quiet_year(engine);
  engine.advance(model::Version(1), kNow);
  CHECK(engine.incidents() == 400);
  const std::size_t before = engine.bytes();
  engine.advance(model::Version(2), kNow + days(900));
  CHECK(engine.incidents() == 0);
  CHECK(engine.bytes() < before / 2);
}

TEST_CASE("A tick at which nothing changes gives no deltas") {
  Engine engine({});
  observe_quiet_year(engine);
  report_burst(engine, 4);
  engine.advance(model::Version(1), kNow);
  CHECK(engine.advance(model::Version(2), kNow + minutes(1)).empty());
  engine.apply(key(1), 1, at(kNow));  // a repeat
  CHECK(engine.advance(model::Version(3), kNow + minutes(2)).empty());
  CHECK(engine.version() == model::Version(3));
}

TEST_CASE("Versions that do not rise and time that falls are refused") {
  Engine engine({});
  engine.advance(model::Version(5), kNow);
  CHECK_THROWS_AS(engine.advance(model::Version(5), kNow), std::invalid_argument);
  CHECK_THROWS_AS(engine.advance(model::Version(6), kNow - minutes(1)), std::invalid_argument);
  CHECK_THROWS_AS(engine.advance(model::Version(6), Instant::max()), std::invalid_argument);
}

TEST_CASE("A setting out of range is refused by its name") {
  Settings settings;
  settings.levels = {8};
  CHECK_THROWS_WITH(Engine(settings), Catch::Contains("hotspot.levels"));
  settings = Settings{};
  settings.windows_hours = {};
  CHECK_THROWS_WITH(Engine(settings), Catch::Contains("hotspot.windows_hours"));
  settings = Settings{};
  settings.prior_days = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(Engine(settings), Catch::Contains("hotspot.prior_days"));
}

TEST_CASE("The canonical settings are sorted lines, the same for the same settings") {
  Settings settings;
  settings.levels = {13, 11, 12, 11};
  CHECK(settings.canonical() == Settings{}.canonical());
  CHECK(Settings{}.canonical() ==
        "alert_score = 5\ncount_min = 3\nguard_days = 7\nlevels = [11, 12, 13]\n"
        "note_score = 3\nprior_days = 3650\ntrailing_days = 365\nwatch_score = 4\n"
        "windows_hours = [6, 12, 24, 48, 96, 168]\n");
  settings.prior_days = 0.1;
  CHECK(settings.canonical() != Settings{}.canonical());
}

TEST_CASE("An incident's key depends on source and record, and never changes") {
  const auto source = *model::SourceName::parse("county-ems/cad-1");
  const auto other = *model::SourceName::parse("county-ems/cad-11");
  CHECK(incident_key(source, "A-1") == incident_key(source, "A-1"));
  CHECK(incident_key(source, "A-1") != incident_key(source, "A-2"));
  CHECK(incident_key(source, "1A") != incident_key(other, "A"));
  CHECK(incident_key(source, "") != incident_key(source, std::string(1, '\0')));
  const IncidentKey pinned{{0xe66df0f048ae2f55, 0xdc3d6452576ffc14}};
  CHECK(incident_key(source, "A-1") == pinned);
}

}  // namespace
}  // namespace commonwatch::hotspot::test
