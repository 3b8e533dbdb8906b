// Opened, updated, closed.
#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

TEST_CASE("A finding opens an alert that asks and rests on evidence") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert alert = watched.only(hour(2));
  CHECK(alert.version == 1);
  CHECK(alert.state == model::AlertState::kOpen);
  CHECK(alert.asks);
  CHECK(alert.opened == hour(2));
  CHECK(alert.changed == hour(2));
  CHECK(alert.hotspot.zone == cell_zone(east(0)));
  CHECK(alert.hotspot.count == 4);
  CHECK(alert.peak == model::Severity::kAlert);
  CHECK(alert.evidence.window_end == hour(3));
  CHECK(alert.evidence.window_start == hour(-3));
  CHECK(alert.evidence.agencies.front().persons == 4);
}

TEST_CASE("An id names its tick, has no space and at most 64 bytes") {
  WatchedCity watched;
  watched.cluster(kJail, hour(1), 5);
  const model::Alert alert = watched.only(hour(2));
  CHECK(alert.id.starts_with("alert-1-"));
  CHECK(alert.id.size() <= 64);
  CHECK(alert.id.find(' ') == std::string::npos);
}

TEST_CASE("The same content at many ticks changes nothing") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.only(hour(2));
  for (int minute = 1; minute < 60; ++minute) {
    REQUIRE(watched.tick(hour(2) + std::chrono::minutes(minute)).empty());
  }
}

TEST_CASE("A further person is a new version of the same alert") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert before = watched.only(hour(2));
  watched.cluster(east(0), hour(2), 1);
  const model::Alert after = watched.only(hour(2.5));
  CHECK(after.id == before.id);
  CHECK(after.version == 2);
  CHECK(after.hotspot.count == 5);
  CHECK(after.opened == before.opened);
  CHECK(after.changed == hour(2.5));
}

TEST_CASE("A score that moves by less than the step is no new version") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.only(hour(2));
  std::vector<Finding> now = watched.city.findings(hour(2.1));
  for (Finding& finding : now) finding.hotspot.score += 0.4;
  CHECK(watched.tick(hour(2.1), now).empty());
  for (Finding& finding : now) finding.hotspot.score += 0.2;
  CHECK(watched.tick(hour(2.2), now).size() == 1);
}

TEST_CASE("Clusters that share no ground are two alerts") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.cluster(east(12), hour(1), 4);
  CHECK(watched.tick(hour(2)).size() == 2);
}

TEST_CASE("A best zone that moves to overlapping ground stays the same alert") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert before = watched.only(hour(2));
  const Finding wider = watched.city.finding(block_zone(east(1)), 48, hour(3));
  const model::Alert after = WatchedCity::only(watched.tick(hour(2.1), {wider}));
  CHECK(after.id == before.id);
  CHECK(after.hotspot.zone == block_zone(east(1)));
}

TEST_CASE("A best zone that comes back to ground it had before stays the same alert") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const Finding west = watched.city.finding(block_zone(east(0)), 48, hour(3));
  Finding east_of_it = watched.city.finding(block_zone(east(2)), 48, hour(3));
  east_of_it.hotspot.last_occurred = hour(1.2);
  const Finding corner = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  const model::Alert before = WatchedCity::only(watched.tick(hour(2), {corner}));
  watched.tick(hour(2.1), {west});
  watched.tick(hour(2.2), {east_of_it});
  REQUIRE_FALSE(model::touch(east_of_it.hotspot.zone, corner.hotspot.zone));
  const model::Alert after = WatchedCity::only(watched.tick(hour(2.3), {corner}));
  CHECK(after.id == before.id);
  CHECK(watched.open().size() == 1);
}

TEST_CASE("A zone forgotten beyond the limit opens a new alert") {
  Settings settings;
  settings.zones_max = 1;
  WatchedCity watched(settings);
  watched.cluster(east(0), hour(1), 4);
  const Finding corner = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  const Finding west = watched.city.finding(block_zone(east(0)), 48, hour(3));
  Finding east_of_it = watched.city.finding(block_zone(east(2)), 48, hour(3));
  east_of_it.hotspot.last_occurred = hour(1.2);
  for (const Finding& finding : {corner, west, east_of_it}) {
    watched.tick(hour(2), {finding});
  }
  watched.tick(hour(2.3), {corner});
  CHECK(watched.open().size() == 2);
}

TEST_CASE("An alert closes after a day below half its threshold and shows its strongest moment") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert opened = watched.only(hour(2));
  std::vector<model::Alert> closed;
  double at = 2;
  double last_found = 2;
  while (closed.empty() && at < 200) {
    at += 1;
    if (!watched.city.findings(hour(at)).empty()) last_found = at;
    for (const model::Alert& alert : watched.tick(hour(at))) {
      if (alert.state == model::AlertState::kClosed) closed.push_back(alert);
    }
  }
  REQUIRE(closed.size() == 1);
  CHECK(closed.front().id == opened.id);
  CHECK(closed.front().closed == hour(at));
  CHECK(closed.front().hotspot == opened.hotspot);
  CHECK(closed.front().evidence == opened.evidence);
  CHECK_FALSE(closed.front().asks);
  CHECK(at == last_found + 1 + 24);
}

TEST_CASE("A finding within the day keeps the alert open") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 3);
  const model::Alert opened = watched.only(hour(2));
  const auto past = [&](double from, double to) {
    for (double at = from; at < to; at += 1) watched.tick(hour(at));
  };
  past(3, 40);
  watched.cluster(east(0), hour(40), 3);
  past(41, 60);
  const auto open = watched.open();
  REQUIRE(open.size() == 1);
  CHECK(open.front().id == opened.id);
}

// A block of three persons in six hours scores between half the threshold and the threshold.
struct Faint : WatchedCity {
  explicit Faint(std::uint32_t close_after_hours) : WatchedCity(closing(close_after_hours)) {
    cluster(east(0), hour(1), 3);
    Finding block = city.finding(block_zone(east(0)), 6, hour(3));
    REQUIRE(block.hotspot.score > 2);
    REQUIRE(block.hotspot.score < 4);
    block.hotspot.score = 5;
    opened = only(tick(hour(2), {block}));
  }
  static Settings closing(std::uint32_t hours) {
    Settings settings;
    settings.close_after_hours = hours;
    return settings;
  }
  bool is_open() const { return !open().empty(); }
  model::Alert opened;
};

TEST_CASE("An alert above half its threshold stays open without a finding") {
  Faint watched(1);
  for (double at = 3; at < 7; at += 1) watched.tick(hour(at), {});
  CHECK(watched.is_open());
  watched.tick(hour(7), {});
  watched.tick(hour(8), {});
  CHECK_FALSE(watched.is_open());
}

TEST_CASE("An alert that was quiet and is not any more starts its day anew") {
  Faint watched(3);
  watched.tick(hour(8), {});
  watched.cluster(east(0), hour(9), 3);
  watched.tick(hour(9.5), {});
  watched.tick(hour(16), {});
  CHECK(watched.is_open());
  watched.tick(hour(19), {});
  CHECK_FALSE(watched.is_open());
}

TEST_CASE("A finding of persons from before the alert is another alert") {
  WatchedCity watched;
  watched.cluster(east(0), hour(50), 4);
  watched.only(hour(51));
  Finding before = watched.city.finding(block_zone(east(1.3)), 48, hour(52));
  before.hotspot.last_occurred = hour(20);
  watched.tick(hour(51.1), {before});
  CHECK(watched.open().size() == 2);
}

TEST_CASE("Below the note level an open alert keeps its last finding") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 3);
  model::Alert last = watched.only(hour(2));
  double at = 3;
  for (; !watched.city.findings(hour(at)).empty(); at += 1) {
    for (const model::Alert& alert : watched.tick(hour(at))) last = alert;
  }
  CHECK(watched.tick(hour(at)).empty());
  CHECK(*watched.episodes.find(last.id) == last);
}

TEST_CASE("A cluster on ground of a closed alert opens a new one") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert first = watched.only(hour(2));
  for (double at = 3; at < 100; at += 1) watched.tick(hour(at));
  REQUIRE(watched.open().empty());
  watched.cluster(east(0), hour(100), 4);
  const model::Alert second = watched.only(hour(101));
  CHECK(second.id != first.id);
  CHECK(second.version == 1);
}

TEST_CASE("Open alerts of a jurisdiction are limited, the strongest first") {
  Settings settings;
  settings.open_max = 2;
  WatchedCity watched(settings);
  watched.cluster(east(0), hour(1), 3);
  watched.cluster(east(12), hour(1), 5);
  watched.cluster(east(24), hour(1), 4);
  const auto opened = watched.tick(hour(2));
  REQUIRE(opened.size() == 2);
  CHECK(opened[0].hotspot.count + opened[1].hotspot.count == 9);
}

TEST_CASE("Versions that do not rise, and time that falls, are refused") {
  WatchedCity watched;
  watched.tick(hour(2));
  const auto advance = [&](std::uint64_t version, Instant as_of) {
    watched.episodes.advance(model::Version(version), as_of, {}, {}, {}, watched.city);
  };
  CHECK_THROWS(advance(1, hour(3)));
  CHECK_THROWS(advance(2, hour(1)));
  CHECK_NOTHROW(advance(2, hour(2)));
}

TEST_CASE("A setting out of range is refused") {
  Settings settings;
  settings.zones_max = 0;
  CHECK_THROWS_AS(Episodes(settings), Failure);
  settings = {};
  settings.kept_days = settings.shown_days - 1;
  CHECK_THROWS_AS(Episodes(settings), Failure);
}

}  // namespace
}  // namespace commonwatch::alert::test
