// Answers to alerts, and when an alert asks again.
#include "tests/alert/watched_city.h"

namespace commonwatch::alert::test {
namespace {

using model::AlertAction;

TEST_CASE("An answer shows at the next tick as a new version that no longer asks") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert opened = watched.only(hour(2));
  CHECK(watched.acknowledge(opened, AlertAction::kSeen) == Answer::kTaken);
  CHECK(watched.episodes.find(opened.id)->asks);
  const model::Alert alert = watched.only(hour(2.1));
  CHECK(alert.version == 2);
  CHECK_FALSE(alert.asks);
  REQUIRE(alert.acknowledgements.size() == 1);
  CHECK(alert.acknowledgements.front().principal == "nurse");
}

TEST_CASE("Every action answers") {
  for (const auto action :
       {AlertAction::kSeen, AlertAction::kTaken, AlertAction::kReal, AlertAction::kNotReal}) {
    WatchedCity watched;
    watched.cluster(east(0), hour(1), 4);
    watched.acknowledge(watched.only(hour(2)), action);
    CHECK_FALSE(watched.only(hour(2.1)).asks);
  }
}

TEST_CASE("An alert acknowledged at 4 stays silent at 7 and asks again at 8") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.acknowledge(watched.only(hour(2)), AlertAction::kTaken);
  watched.tick(hour(2.1));
  watched.cluster(east(0), hour(2), 3);
  const model::Alert at_seven = watched.only(hour(2.6));
  CHECK(at_seven.hotspot.count == 7);
  CHECK_FALSE(at_seven.asks);
  watched.cluster(east(0), hour(2.7), 1);
  const model::Alert at_eight = watched.only(hour(2.8));
  CHECK(at_eight.hotspot.count == 8);
  CHECK(at_eight.asks);
}

TEST_CASE("An answer to the version of 4 that comes at 7 asks again at 8") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert at_four = watched.only(hour(2));
  watched.cluster(east(0), hour(2), 3);
  watched.tick(hour(2.6));
  watched.acknowledge(at_four, AlertAction::kSeen);
  CHECK_FALSE(watched.only(hour(2.65)).asks);
  watched.cluster(east(0), hour(2.7), 1);
  CHECK(watched.only(hour(2.8)).asks);
}

TEST_CASE("An answer at 7 asks again at 14, not at 8") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.tick(hour(2));
  watched.cluster(east(0), hour(2), 3);
  watched.acknowledge(watched.only(hour(2.6)), AlertAction::kSeen);
  watched.tick(hour(2.65));
  watched.cluster(east(0), hour(2.7), 6);
  CHECK_FALSE(watched.only(hour(3.8)).asks);
  watched.cluster(east(0), hour(3.8), 1);
  CHECK(watched.only(hour(3.9)).asks);
}

TEST_CASE("An answer to a version before the count doubled leaves the alert asking") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert at_four = watched.only(hour(2));
  watched.cluster(east(0), hour(2), 4);
  const model::Alert at_eight = watched.only(hour(2.8));
  watched.acknowledge(at_four, AlertAction::kSeen);
  const model::Alert still = watched.only(hour(2.9));
  CHECK(still.asks);
  CHECK(still.acknowledgements.size() == 1);
  watched.acknowledge(at_eight, AlertAction::kSeen);
  CHECK_FALSE(watched.only(hour(2.95)).asks);
}

TEST_CASE("An acknowledged alert asks again at a higher level") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 3);
  const model::Alert watch = watched.only(hour(2));
  REQUIRE(watch.peak == model::Severity::kWatch);
  watched.acknowledge(watch, AlertAction::kSeen);
  watched.tick(hour(2.1));
  watched.cluster(east(0), hour(2.1), 1);
  const model::Alert alert = watched.only(hour(2.2));
  CHECK(alert.peak == model::Severity::kAlert);
  CHECK(alert.asks);
}

TEST_CASE("A level that was answered before does not ask again after a lower one was answered") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  watched.acknowledge(watched.only(hour(2)), AlertAction::kSeen);
  watched.tick(hour(2.1));
  const Finding corner = watched.city.finding(cell_zone(east(0)), 6, hour(3));
  Finding lower = corner;
  lower.hotspot.severity = model::Severity::kNote;
  lower.hotspot.score = 5;
  watched.acknowledge(WatchedCity::only(watched.tick(hour(2.2), {lower})), AlertAction::kReal);
  watched.tick(hour(2.3), {lower});
  CHECK_FALSE(WatchedCity::only(watched.tick(hour(2.4), {corner})).asks);
}

TEST_CASE("The same answer of the same principal to the same version is a repeat") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert opened = watched.only(hour(2));
  watched.acknowledge(opened, AlertAction::kSeen);
  CHECK(watched.acknowledge(opened, AlertAction::kSeen) == Answer::kRepeated);
  watched.tick(hour(2.1));
  CHECK(watched.acknowledge(opened, AlertAction::kSeen) == Answer::kRepeated);
  CHECK(watched.tick(hour(2.2)).empty());
  CHECK(watched.acknowledge(opened, AlertAction::kTaken) == Answer::kTaken);
  CHECK(watched.acknowledge(opened, AlertAction::kSeen, "medic") == Answer::kTaken);
  CHECK(watched.only(hour(2.3)).acknowledgements.size() == 3);
}

TEST_CASE("An answer to no alert, to a version it never had, or without action is refused") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  model::Alert alert = watched.only(hour(2));
  CHECK(watched.acknowledge(alert, AlertAction::kUnspecified) == Answer::kUnknown);
  alert.version = 2;
  CHECK(watched.acknowledge(alert, AlertAction::kSeen) == Answer::kUnknown);
  alert.version = 0;
  CHECK(watched.acknowledge(alert, AlertAction::kSeen) == Answer::kUnknown);
  alert.version = 1;
  alert.id = "alert-9-00000000";
  CHECK(watched.acknowledge(alert, AlertAction::kSeen) == Answer::kUnknown);
  CHECK(watched.tick(hour(2.1)).empty());
}

TEST_CASE("An answer beyond the limit is not listed and silences all the same") {
  Settings settings;
  settings.acknowledgements_max = 2;
  WatchedCity watched(settings);
  watched.cluster(east(0), hour(1), 3);
  const model::Alert watch = watched.only(hour(2));
  watched.acknowledge(watch, AlertAction::kSeen, "one");
  watched.acknowledge(watch, AlertAction::kSeen, "two");
  watched.tick(hour(2.1));
  watched.cluster(east(0), hour(2.1), 1);
  const model::Alert alert = watched.only(hour(2.2));
  REQUIRE(alert.asks);
  watched.acknowledge(alert, AlertAction::kSeen, "three");
  const model::Alert silent = watched.only(hour(2.3));
  CHECK_FALSE(silent.asks);
  CHECK(silent.acknowledgements.size() == 2);
}

TEST_CASE("A closed alert can be graded and asks nobody") {
  WatchedCity watched;
  watched.cluster(east(0), hour(1), 4);
  const model::Alert opened = watched.only(hour(2));
  for (double at = 3; at < 100; at += 1) watched.tick(hour(at));
  watched.acknowledge(opened, AlertAction::kReal);
  const model::Alert graded = watched.only(hour(100));
  CHECK(graded.state == model::AlertState::kClosed);
  CHECK_FALSE(graded.asks);
  CHECK(graded.acknowledgements.size() == 1);
}

TEST_CASE("The share of real alerts counts the last grade of each graded alert") {
  WatchedCity watched;
  for (int i = 0; i < 4; ++i) watched.cluster(east(12 * i), hour(1), 4);
  const auto alerts = watched.tick(hour(2));
  REQUIRE(alerts.size() == 4);
  CHECK(watched.episodes.grades().empty());
  watched.acknowledge(alerts[0], AlertAction::kReal);
  watched.acknowledge(alerts[1], AlertAction::kReal);
  watched.acknowledge(alerts[1], AlertAction::kNotReal);
  watched.acknowledge(alerts[1], AlertAction::kSeen);
  watched.acknowledge(alerts[2], AlertAction::kNotReal);
  watched.acknowledge(alerts[2], AlertAction::kReal, "medic");
  watched.acknowledge(alerts[3], AlertAction::kTaken);
  watched.tick(hour(2.1));
  CHECK(watched.episodes.grades() == std::vector<Grades>{{"county", 3, 2}});
}

}  // namespace
}  // namespace commonwatch::alert::test
