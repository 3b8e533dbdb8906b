// What late data do to an alert.
#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

// Four persons at one corner from hour 1; the alert of hour 2.
struct Cluster : WatchedCity {
  explicit Cluster(Settings settings = {}) : WatchedCity(settings) {
    first = cluster(east(0), hour(1), 4);
    opened = only(hour(2));
  }
  // Ticks each hour in (from, to].
  void pass(double from, double to) {
    for (double at = from + 1; at <= to; at += 1) tick(hour(at));
  }
  void retract(std::size_t persons) {
    for (std::size_t i = 0; i < persons; ++i) city.retract(first + i);
  }
  const model::Alert& now() const { return *episodes.find(opened.id); }

  std::size_t first = 0;
  model::Alert opened;
};

TEST_CASE("An alert whose persons are retracted while it lives is withdrawn at once") {
  Cluster watched;
  watched.retract(2);
  const model::Alert alert = watched.only(hour(2.1));
  CHECK(alert.state == model::AlertState::kWithdrawn);
  CHECK(alert.closed == hour(2.1));
  CHECK(alert.hotspot.count == 2);
  CHECK(alert.evidence.agencies.front().persons == 2);
  CHECK_FALSE(alert.asks);
  CHECK(alert.peak == model::Severity::kAlert);
  CHECK(alert.opened == watched.opened.opened);
}

TEST_CASE("An alert that loses a person but stays above the note score is weakened") {
  Cluster watched;
  watched.retract(1);
  const model::Alert alert = watched.only(hour(2.1));
  CHECK(alert.state == model::AlertState::kOpen);
  CHECK(alert.assessment == model::Assessment::kWeakened);
  CHECK(alert.hotspot.count == 3);
  CHECK(alert.peak == model::Severity::kAlert);
}

TEST_CASE("A weakened alert that grows beyond what it was is no longer called weakened") {
  Cluster watched;
  watched.retract(1);
  watched.tick(hour(2.1));
  watched.cluster(east(0), hour(2.2), 2);
  const model::Alert alert = watched.only(hour(2.6));
  CHECK(alert.hotspot.count == 5);
  CHECK(alert.assessment == model::Assessment::kUnspecified);
}

TEST_CASE("Reports that simply come in live are no assessment") {
  Cluster watched;
  watched.cluster(east(0), hour(2), 2);
  CHECK(watched.only(hour(3.5)).assessment == model::Assessment::kUnspecified);
}

TEST_CASE("A late report inside zone and window confirms a closed alert and re-scores it") {
  Cluster watched;
  watched.pass(2, 100);
  REQUIRE(watched.now().state == model::AlertState::kClosed);
  const model::Alert closed = watched.now();
  watched.cluster(east(0), hour(0.5), 1);
  const model::Alert alert = watched.only(hour(101));
  CHECK(alert.state == model::AlertState::kClosed);
  CHECK(alert.assessment == model::Assessment::kConfirmed);
  CHECK(alert.hotspot.count == 5);
  CHECK(alert.evidence.window_end == closed.evidence.window_end);
  CHECK(alert.closed == closed.closed);
  CHECK(alert.version == closed.version + 1);
  CHECK_FALSE(alert.asks);
}

TEST_CASE("A late correction that leaves the score as it was confirms") {
  Cluster watched;
  watched.pass(2, 100);
  watched.retract(1);
  watched.cluster(east(0), hour(0.5), 1);
  CHECK(watched.only(hour(101)).assessment == model::Assessment::kConfirmed);
}

TEST_CASE("A late retraction weakens a closed alert, a further one withdraws it") {
  Cluster watched;
  watched.pass(2, 100);
  const Instant closed = watched.now().closed;
  watched.retract(1);
  const model::Alert weakened = watched.only(hour(101));
  CHECK(weakened.state == model::AlertState::kClosed);
  CHECK(weakened.assessment == model::Assessment::kWeakened);
  CHECK(weakened.hotspot.count == 3);
  watched.city.retract(watched.first + 1);
  const model::Alert withdrawn = watched.only(hour(102));
  CHECK(withdrawn.state == model::AlertState::kWithdrawn);
  CHECK(withdrawn.assessment == model::Assessment::kUnspecified);
  CHECK(withdrawn.closed == closed);
}

TEST_CASE(
    "An alert weaker than it was ever known to be is weakened, though late data strengthen it") {
  Cluster watched;
  watched.pass(2, 100);
  watched.retract(1);
  watched.tick(hour(101));
  // A person back, but where the window saw four, at the same score: as strong as ever.
  watched.cluster(east(0), hour(1.5), 1);
  CHECK(watched.only(hour(102)).assessment == model::Assessment::kConfirmed);
  watched.city.retract(watched.first + 1);
  watched.tick(hour(103));
  CHECK(watched.now().assessment == model::Assessment::kWeakened);
}

TEST_CASE("A withdrawn alert is final: what comes back later leaves it as it is") {
  Cluster watched;
  watched.pass(2, 100);
  watched.retract(3);
  watched.tick(hour(101));
  const model::Alert withdrawn = watched.now();
  REQUIRE(withdrawn.state == model::AlertState::kWithdrawn);
  watched.cluster(east(0), hour(1), 6);
  CHECK(watched.tick(hour(102)).empty());
  CHECK(watched.now() == withdrawn);
}

TEST_CASE("Late data elsewhere, or outside the window, leave a closed alert as it is") {
  Cluster watched;
  watched.pass(2, 100);
  watched.cluster(east(12), hour(1), 1);
  watched.cluster(east(0), hour(3.5), 1);
  CHECK(watched.tick(hour(101)).empty());
}

TEST_CASE("Late data after seven days leave a closed alert as it is") {
  Cluster watched;
  watched.pass(2, 100);
  const Instant closed = watched.now().closed;
  watched.retract(4);
  CHECK(watched.tick(closed + std::chrono::days(7)).empty());
}

TEST_CASE("Late data a moment before seven days withdraw a closed alert") {
  Cluster watched;
  watched.pass(2, 100);
  const Instant closed = watched.now().closed;
  watched.retract(4);
  watched.tick(closed + std::chrono::days(7) - Duration(1));
  CHECK(watched.now().state == model::AlertState::kWithdrawn);
}

TEST_CASE("An open alert whose strongest moment falls stays, weakened, while it has a finding") {
  Cluster watched;
  watched.pass(2, 20);
  watched.cluster(east(0), hour(20), 3);
  watched.tick(hour(21));
  watched.retract(4);
  const auto changed = watched.tick(hour(21.1));
  const model::Alert alert = WatchedCity::only(changed);
  CHECK(alert.id == watched.opened.id);
  CHECK(alert.state == model::AlertState::kOpen);
  CHECK(alert.assessment == model::Assessment::kWeakened);
  CHECK(alert.hotspot.count == 3);
  // Its strongest moment is now that of the finding: taking those back withdraws it.
  watched.city.retract(watched.first + 4);
  watched.city.retract(watched.first + 5);
  watched.tick(hour(21.2));
  CHECK(watched.now().state == model::AlertState::kWithdrawn);
}

TEST_CASE("An open alert without a finding shows what late data left of its last one") {
  Settings settings;
  settings.close_after_hours = 24 * 20;
  Cluster watched(settings);
  watched.pass(2, 60);
  const model::Alert quiet = watched.now();
  REQUIRE(quiet.state == model::AlertState::kOpen);
  watched.cluster(east(0), quiet.hotspot.last_occurred, 1);
  watched.tick(hour(61));
  CHECK(watched.now().hotspot.count == quiet.hotspot.count + 1);
  CHECK(watched.now().evidence.window_end == quiet.evidence.window_end);
}

TEST_CASE("A late finding opens an alert that is closed at once and asks nobody") {
  WatchedCity watched;
  watched.tick(hour(300));
  watched.cluster(east(0), hour(1), 4);
  const Finding late = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  const model::Alert alert = WatchedCity::only(watched.tick(hour(301), {}, {late}));
  CHECK(alert.found_late);
  CHECK(alert.state == model::AlertState::kClosed);
  CHECK(alert.opened == hour(301));
  CHECK(alert.closed == hour(301));
  CHECK_FALSE(alert.asks);
  CHECK(alert.hotspot.count == 4);
  CHECK(alert.evidence.window_end == hour(3));
}

TEST_CASE("A late finding of the place and time of a known alert opens nothing") {
  Cluster watched;
  watched.pass(2, 100);
  const Finding late = watched.city.finding(cell_zone(east(0)), 24, hour(3));
  CHECK(watched.tick(hour(300), {}, {late}).empty());
}

TEST_CASE("A late finding of another place, or another time, than a known alert opens one") {
  Cluster watched;
  watched.pass(2, 100);
  watched.cluster(east(12), hour(1), 4);
  watched.cluster(east(0), hour(120), 4);
  watched.tick(hour(300), {});
  const Finding elsewhere = watched.city.finding(cell_zone(east(12)), 6, hour(3));
  const Finding later = watched.city.finding(cell_zone(east(0)), 6, hour(122));
  CHECK(watched.tick(hour(301), {}, {elsewhere, later}).size() == 2);
  CHECK(watched.tick(hour(302), {}, {elsewhere, later}).empty());
}

TEST_CASE("A late finding at the place and time of a withdrawn alert opens one") {
  Cluster watched;
  watched.retract(2);
  watched.tick(hour(2.1));
  REQUIRE(watched.now().state == model::AlertState::kWithdrawn);
  watched.tick(hour(300));
  watched.cluster(east(0), hour(1), 2);
  const Finding late = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  CHECK(watched.tick(hour(301), {}, {late}).size() == 1);
}

}  // namespace
}  // namespace commonwatch::alert::test
