// One event, one episode: merging, parts, areas, facilities.
#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

// Clusters on two corners two cells apart, and the block of level 12 that holds both.
struct TwoCorners : WatchedCity {
  TwoCorners() {
    cluster(east(0), hour(1), 4);
    cluster(east(4), hour(1.1), 5);
    left = city.finding(cell_zone(east(0)), 6, hour(3));
    right = city.finding(cell_zone(east(4)), 6, hour(3));
    both = city.finding(block_zone(east(2), 12), 48, hour(3));
    REQUIRE(model::touch(left.hotspot.zone, both.hotspot.zone));
    REQUIRE(model::touch(right.hotspot.zone, both.hotspot.zone));
    REQUIRE_FALSE(model::touch(left.hotspot.zone, right.hotspot.zone));
  }
  Finding left;
  Finding right;
  Finding both;
};

TEST_CASE("A finding over two open alerts merges the younger into the older") {
  TwoCorners watched;
  const model::Alert older = WatchedCity::only(watched.tick(hour(2), {watched.right}));
  const model::Alert younger =
      WatchedCity::only(watched.tick(hour(2.1), {watched.right, watched.left}));
  REQUIRE(watched.tick(hour(2.2), {watched.both}).size() == 2);
  const model::Alert kept = *watched.episodes.find(older.id);
  const model::Alert merged = *watched.episodes.find(younger.id);
  CHECK(kept.state == model::AlertState::kOpen);
  CHECK(kept.merged == std::vector<std::string>{younger.id});
  CHECK(kept.hotspot.zone == watched.both.hotspot.zone);
  CHECK(merged.state == model::AlertState::kMerged);
  CHECK(merged.merged_into == older.id);
  CHECK(merged.closed == hour(2.2));
  CHECK_FALSE(merged.asks);
  CHECK(merged.hotspot == younger.hotspot);
}

TEST_CASE("An alert keeps the peak of those that it took in") {
  TwoCorners watched;
  Finding weak = watched.right;
  weak.hotspot.severity = model::Severity::kNote;
  const model::Alert older = WatchedCity::only(watched.tick(hour(2), {weak}));
  REQUIRE(watched.left.hotspot.severity == model::Severity::kAlert);
  watched.tick(hour(2.1), {weak, watched.left});
  Finding both = watched.both;
  both.hotspot.severity = model::Severity::kNote;
  watched.tick(hour(2.2), {both});
  CHECK(watched.episodes.find(older.id)->peak == model::Severity::kAlert);
}

TEST_CASE("Of two alerts opened at one tick the lower id is kept") {
  TwoCorners watched;
  const auto opened = watched.tick(hour(2), {watched.left, watched.right});
  REQUIRE(opened.size() == 2);
  watched.tick(hour(2.2), {watched.both});
  CHECK(watched.episodes.find(opened[0].id)->state == model::AlertState::kOpen);
  CHECK(watched.episodes.find(opened[1].id)->state == model::AlertState::kMerged);
}

TEST_CASE("An answered alert that takes in an unanswered one asks again") {
  TwoCorners watched;
  const model::Alert older = WatchedCity::only(watched.tick(hour(2), {watched.right}));
  watched.acknowledge(older, model::AlertAction::kTaken);
  watched.tick(hour(2.1), {watched.right, watched.left});
  REQUIRE_FALSE(watched.episodes.find(older.id)->asks);
  watched.tick(hour(2.2), {watched.both});
  CHECK(watched.episodes.find(older.id)->asks);
}

TEST_CASE("An answered alert that takes in an answered one stays silent") {
  TwoCorners watched;
  const auto opened = watched.tick(hour(2), {watched.left, watched.right});
  for (const model::Alert& alert : opened) watched.acknowledge(alert, model::AlertAction::kSeen);
  watched.tick(hour(2.1), {watched.left, watched.right});
  Finding both = watched.both;
  both.hotspot.count = 7;
  watched.tick(hour(2.2), {both});
  CHECK_FALSE(watched.episodes.find(opened[0].id)->asks);
}

TEST_CASE("A cluster that falls in two, with nobody new, stays one alert") {
  TwoCorners watched;
  Finding both = watched.both;
  both.hotspot.severity = model::Severity::kAlert;
  const model::Alert opened = WatchedCity::only(watched.tick(hour(2), {both}));
  watched.tick(hour(2.1), {watched.left, watched.right});
  REQUIRE(watched.open().size() == 1);
  CHECK(watched.open().front().id == opened.id);
  CHECK(watched.open().front().hotspot.zone == watched.right.hotspot.zone);
}

TEST_CASE("The lesser half of a cluster with somebody new is an alert of its own") {
  TwoCorners watched;
  Finding both = watched.both;
  both.hotspot.severity = model::Severity::kAlert;
  watched.tick(hour(2), {both});
  watched.city.add({hour(2.05), east(0), 1});
  const Finding grown = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  Finding right = watched.right;
  right.hotspot.score = grown.hotspot.score + 1;
  watched.tick(hour(2.1), {grown, right});
  CHECK(watched.open().size() == 2);
}

TEST_CASE("The lesser half of a cluster at a higher level than it had is an alert of its own") {
  TwoCorners watched;
  Finding weak = watched.both;
  weak.hotspot.severity = model::Severity::kNote;
  watched.tick(hour(2), {weak});
  watched.tick(hour(2.1), {watched.left, watched.right});
  CHECK(watched.open().size() == 2);
}

TEST_CASE("Halves that were merged do not open again while nobody is new") {
  TwoCorners watched;
  watched.tick(hour(2), {watched.left, watched.right});
  for (int i = 1; i < 5; ++i) {
    watched.tick(hour(2) + std::chrono::minutes(2 * i), {watched.both});
    watched.tick(hour(2) + std::chrono::minutes(2 * i + 1), {watched.left, watched.right});
    CHECK(watched.open().size() == 1);
  }
}

TEST_CASE("A cluster that makes its county stand out is one alert, that of the cluster") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 6);
  const auto findings = watched.city.findings(hour(2));
  REQUIRE(findings.size() == 2);
  const model::Alert alert = watched.only(hour(2));
  CHECK(alert.hotspot.zone == cell_zone(east(0)));
}

TEST_CASE("Persons spread over a county are an alert of the county") {
  WatchedCity watched;
  for (int i = 0; i < 8; ++i) watched.cluster(east(15 * i), hour(1), 1);
  CHECK(watched.only(hour(2)).hotspot.zone == area_zone("County"));
}

TEST_CASE("A cluster is not hidden behind a county that stands out without it") {
  WatchedCity watched;
  for (int i = 1; i < 9; ++i) watched.cluster(east(15 * i), hour(1), 1);
  watched.cluster(east(0), hour(1), 4);
  const auto opened = watched.tick(hour(2));
  REQUIRE(opened.size() == 2);
  CHECK((opened[0].hotspot.zone == cell_zone(east(0)) ||
         opened[1].hotspot.zone == cell_zone(east(0))));
}

TEST_CASE("A cluster that comes to explain its county takes the county's alert over") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 2);
  watched.cluster(east(1.3), hour(1), 2);
  watched.cluster(east(15), hour(1), 2);
  const Finding county = watched.city.finding(area_zone("County"), 6, hour(3));
  const model::Alert opened = WatchedCity::only(watched.tick(hour(2), {county}));
  watched.cluster(east(0), hour(2), 3);
  const auto changed = watched.tick(hour(2.6));
  const model::Alert alert = WatchedCity::only(changed);
  CHECK(alert.id == opened.id);
  CHECK(alert.hotspot.zone == cell_zone(east(0)));
  CHECK(watched.open().size() == 1);
}

TEST_CASE("A county alert that a cluster took over ends with the cluster's strongest moment") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 6);
  Finding county = watched.city.finding(area_zone("County"), 6, hour(3));
  county.hotspot.score = 100;
  const model::Alert opened = WatchedCity::only(watched.tick(hour(2), {county}));
  for (double at = 3; at < 110; at += 1) watched.tick(hour(at));
  const model::Alert closed = *watched.episodes.find(opened.id);
  CHECK(closed.state == model::AlertState::kClosed);
  CHECK(closed.hotspot.zone == cell_zone(east(0)));
}

TEST_CASE("A cluster of another jurisdiction explains no county") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 6);
  const Finding county = watched.city.finding(area_zone("County"), 6, hour(3));
  Finding corner = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  corner.jurisdiction = "neighbour";
  CHECK(watched.tick(hour(2), {county, corner}).size() == 2);
}

TEST_CASE("A facility and the cell around it are taken out of a county once") {
  WatchedCity watched;
  watched.cluster(kJail, hour(1), 6);
  for (int i = 1; i < 7; ++i) watched.cluster(east(15 * i), hour(1), 1);
  const Finding county = watched.city.finding(area_zone("County"), 6, hour(3));
  const Finding jail = watched.city.finding(jail_zone(), 6, hour(3));
  const Finding cell = watched.city.finding(cell_zone(kJail), 6, hour(3));
  CHECK(watched.tick(hour(2), {county, jail, cell}).size() == 2);
}

TEST_CASE("A cluster in a smaller area that stands out is taken out of the county once") {
  WatchedCity watched;
  for (int i = 0; i < 8; ++i) {
    watched.city.add({hour(1), {kNorth.latitude, kNorth.longitude + 0.2 * (i + 1)}, 1});
  }
  watched.cluster(kNorth, hour(1), 4);
  for (int i = 1; i < 6; ++i) watched.cluster(east(15 * i), hour(1), 1);
  const Finding county = watched.city.finding(area_zone("County"), 6, hour(3));
  const Finding north = watched.city.finding(area_zone("North"), 6, hour(3));
  const Finding corner = watched.city.finding(cell_zone(kNorth), 6, hour(3));
  CHECK(watched.tick(hour(2), {county, north, corner}).size() == 3);
}

TEST_CASE("An answered county alert asks again when the cluster it led to doubles") {
  WatchedCity watched;
  for (int i = 0; i < 9; ++i) watched.cluster(east(i < 3 ? 0 : 15 * i), hour(1), 1);
  const Finding county = watched.city.finding(area_zone("County"), 6, hour(3));
  Finding alarming = county;
  alarming.hotspot.severity = model::Severity::kAlert;
  const model::Alert opened = WatchedCity::only(watched.tick(hour(2), {alarming}));
  watched.acknowledge(opened, model::AlertAction::kTaken);
  watched.tick(hour(2.1), {alarming});
  Finding small = county;
  small.hotspot.count = 5;  // as if the others had left the window
  watched.city.retract(8);
  watched.city.retract(7);
  watched.city.retract(6);
  watched.city.retract(5);
  const Finding corner = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  const model::Alert local = WatchedCity::only(watched.tick(hour(2.2), {small, corner}));
  REQUIRE(local.id == opened.id);
  REQUIRE(local.hotspot.count == 3);
  CHECK_FALSE(local.asks);
  watched.cluster(east(0), hour(2.2), 3);
  const Finding doubled = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  CHECK(WatchedCity::only(watched.tick(hour(2.8), {small, doubled})).asks);
}

TEST_CASE("An area that stands out because of a smaller one in it opens nothing") {
  WatchedCity watched;
  for (int i = 0; i < 7; ++i) {
    watched.city.add({hour(1), {kNorth.latitude, kNorth.longitude + 0.2 * i}, 1});
  }
  const auto findings = watched.city.findings(hour(2));
  REQUIRE(findings.size() == 2);
  CHECK(watched.only(hour(2)).hotspot.zone == area_zone("North"));
}

TEST_CASE("A county alert explained by clusters closes when nothing else is left of it") {
  WatchedCity watched;
  for (int i = 1; i < 9; ++i) watched.cluster(east(15 * i), hour(1), 1);
  watched.cluster(east(0), hour(1), 4);
  REQUIRE(watched.tick(hour(2)).size() == 2);
  for (double at = 3; at < 110; at += 1) {
    // The cluster goes on and alone carries the county.
    if (std::fmod(at, 4) == 0) watched.cluster(east(0), hour(at - 0.9), 3);
    watched.tick(hour(at));
  }
  REQUIRE(watched.open().size() == 1);
  CHECK(watched.open().front().hotspot.zone.kind != model::ZoneKind::kArea);
}

TEST_CASE("A facility and a cell around it are one alert") {
  WatchedCity watched;
  watched.cluster(kJail, hour(1), 6);
  const Finding jail = watched.city.finding(jail_zone(), 6, hour(3));
  const Finding cell = watched.city.finding(cell_zone(kJail), 6, hour(3));
  const model::Alert opened = WatchedCity::only(watched.tick(hour(2), {jail}));
  const model::Alert alert = WatchedCity::only(watched.tick(hour(2.1), {jail, cell}));
  CHECK(alert.id == opened.id);
  CHECK(watched.open().size() == 1);
}

TEST_CASE("Somebody new beside a facility that has an alert opens no second one") {
  WatchedCity watched;
  watched.cluster(kJail, hour(1), 9);
  Finding jail = watched.city.finding(jail_zone(), 6, hour(3));
  Finding cell = watched.city.finding(cell_zone(kJail), 6, hour(3));
  cell.hotspot.last_occurred = hour(2.9);
  cell.hotspot.score = jail.hotspot.score - 1;
  watched.tick(hour(2.95), {jail, cell});
  watched.tick(hour(2.98), {jail, cell});
  CHECK(watched.open().size() == 1);
}

TEST_CASE("A facility and a cell elsewhere are two alerts") {
  WatchedCity watched;
  watched.cluster(kJail, hour(1), 8);
  watched.cluster(east(0), hour(1), 4);
  const Finding jail = watched.city.finding(jail_zone(), 6, hour(3));
  const Finding cell = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  CHECK(watched.tick(hour(2), {jail, cell}).size() == 2);
}

TEST_CASE("The same zone in two jurisdictions is two alerts") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const Finding here = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  Finding there = here;
  there.jurisdiction = "neighbour";
  const auto opened = watched.tick(hour(2), {here, there});
  REQUIRE(opened.size() == 2);
  CHECK(opened[0].id != opened[1].id);
}

}  // namespace
}  // namespace commonwatch::alert::test
