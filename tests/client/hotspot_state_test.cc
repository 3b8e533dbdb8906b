#include "clients/cpp/hotspot_state.h"

#include <catch2/catch.hpp>

#include "tests/client/messages.h"

namespace commonwatch::test {

using client::HotspotState;

TEST_CASE("HotspotState of a snapshot, deltas and progress is what they amount to") {
  HotspotState state;
  CHECK_FALSE(state.apply(make_snapshot(10)));
  CHECK_FALSE(state.apply(make_tile(7, 4, {"a", "b"})));
  CHECK_FALSE(state.position());
  CHECK_FALSE(state.apply(make_progress(10)));
  CHECK(state.position()->version() == 10);
  CHECK_FALSE(state.apply(make_delta(7, 12, 4, {"c"}, {"a"})));
  CHECK_FALSE(state.apply(make_progress(12)));
  REQUIRE(state.ranked().size() == 2);
  CHECK(state.ranked()[0]->id() == "b");
  CHECK(state.ranked()[1]->id() == "c");
}

TEST_CASE("HotspotState reports a delta whose predecessor never came and does not apply it") {
  HotspotState state;
  state.apply(make_snapshot(10));
  state.apply(make_tile(7, 4, {"a"}));
  state.apply(make_progress(10));
  const auto missed = state.apply(make_delta(7, 13, 12, {}, {"a"}));
  REQUIRE(missed);
  CHECK(missed->held == 10);
  CHECK(missed->previous == 12);
  CHECK(state.ranked().size() == 1);
}

TEST_CASE("HotspotState takes a delta that follows the version of the last progress") {
  HotspotState state;
  state.apply(make_snapshot(10));
  state.apply(make_progress(11));
  CHECK_FALSE(state.apply(make_delta(7, 15, 11, {"a"}, {})));
}

TEST_CASE("HotspotState forgets everything at a new snapshot") {
  HotspotState state;
  state.apply(make_snapshot(10));
  state.apply(make_tile(7, 4, {"a"}));
  state.apply(make_progress(10));
  state.apply(make_snapshot(20));
  CHECK(state.ranked().empty());
  CHECK_FALSE(state.position());
}

TEST_CASE("HotspotState ranks by severity, then score, then id") {
  HotspotState state;
  auto tile = make_tile(7, 4, {"a", "b", "c"});
  auto& hotspots = *tile.mutable_tile()->mutable_hotspots();
  hotspots[0].set_score_nats(9);
  hotspots[1].set_severity(v1::SEVERITY_ALERT);
  state.apply(tile);
  REQUIRE(state.ranked().size() == 3);
  CHECK(state.ranked()[0]->id() == "b");
  CHECK(state.ranked()[1]->id() == "a");
  CHECK(state.ranked()[2]->id() == "c");
}

TEST_CASE("HotspotState folds every list of tiles and deltas") {
  HotspotState state;
  state.apply(make_snapshot(10));
  auto tile = make_tile(0, 4, {});
  tile.mutable_tile()->add_alerts()->set_id("alert");
  tile.mutable_tile()->add_places()->set_id("place");
  tile.mutable_tile()->add_sources()->set_id("source");
  tile.mutable_tile()->add_comparisons()->set_id("comparison");
  tile.mutable_tile()->add_proposals()->set_id("proposal");
  state.apply(tile);
  state.apply(make_progress(10));
  auto delta = make_delta(0, 12, 4, {}, {"place", "proposal"});
  delta.mutable_delta()->add_alerts()->set_id("alert");
  delta.mutable_delta()->mutable_alerts(0)->set_version(2);
  delta.mutable_delta()->add_sources()->set_id("another");
  delta.mutable_delta()->add_comparisons()->set_id("comparison");
  delta.mutable_delta()->mutable_comparisons(0)->set_count(3);
  state.apply(delta);
  const auto& content = state.tiles().at(0);
  CHECK(content.alerts.at("alert").version() == 2);
  CHECK(content.places.empty());
  CHECK(content.sources.size() == 2);
  CHECK(content.comparisons.at("comparison").count() == 3);
  CHECK(content.proposals.empty());
}

TEST_CASE("HotspotState gives the open alerts, those that ask first, then by rank") {
  HotspotState state;
  auto tile = make_tile(0, 4, {});
  const auto add = [&tile](const char* id, v1::AlertState alert_state, bool asks, double score) {
    auto& alert = *tile.mutable_tile()->add_alerts();
    alert.set_id(id);
    alert.set_state(alert_state);
    alert.set_asks(asks);
    alert.mutable_hotspot()->set_score_nats(score);
  };
  add("answered", v1::ALERT_STATE_OPEN, false, 20);
  add("closed", v1::ALERT_STATE_CLOSED, true, 30);
  add("high", v1::ALERT_STATE_OPEN, true, 9);
  add("low", v1::ALERT_STATE_OPEN, true, 5);
  state.apply(tile);
  std::vector<std::string> ids;
  for (const auto* alert : state.open_alerts()) ids.push_back(alert->id());
  CHECK(ids == std::vector<std::string>{"high", "low", "answered"});
}

TEST_CASE("HotspotState gives the sources that are late or silent, the silent ones first") {
  HotspotState state;
  auto tile = make_tile(0, 4, {});
  const auto add = [&tile](const char* id, v1::HealthState health) {
    tile.mutable_tile()->add_sources()->set_id(id);
    tile.mutable_tile()->mutable_sources()->rbegin()->set_state(health);
  };
  add("a", v1::HEALTH_STATE_LATE);
  add("b", v1::HEALTH_STATE_ON_TIME);
  add("c", v1::HEALTH_STATE_SILENT);
  add("d", v1::HEALTH_STATE_STARTING);
  state.apply(tile);
  std::vector<std::string> ids;
  for (const auto* source : state.troubled_sources()) ids.push_back(source->id());
  CHECK(ids == std::vector<std::string>{"c", "a"});
}

TEST_CASE("HotspotState folds figures, the newest period and the most persons first") {
  HotspotState state;
  CHECK_FALSE(state.is_of_figures());
  state.apply(make_snapshot(10));
  auto tile = make_tile(7, 4, {});
  const auto add = [](auto* count, const char* id, std::int64_t start, std::uint32_t persons) {
    count->set_id(id);
    count->mutable_period_start()->set_seconds(start);
    count->set_persons(persons);
  };
  add(tile.mutable_tile()->add_published_counts(), "gone", 100, 9);
  add(tile.mutable_tile()->add_published_counts(), "few", 200, 5);
  add(tile.mutable_tile()->add_published_counts(), "many", 200, 7);
  tile.mutable_tile()->add_published_alerts()->set_id("alert:many");
  tile.mutable_tile()->add_banded_health()->set_id("health:");
  state.apply(tile);
  auto delta = make_delta(7, 12, 4, {}, {"gone"});
  add(delta.mutable_delta()->add_published_counts(), "new", 300, 0);
  delta.mutable_delta()->add_banded_health()->set_id("health:");
  delta.mutable_delta()->mutable_banded_health(0)->set_state(v1::HEALTH_STATE_SILENT);
  state.apply(delta);
  std::vector<std::string> ids;
  for (const auto* count : state.published_counts()) ids.push_back(count->id());
  CHECK(ids == std::vector<std::string>{"new", "many", "few"});
  CHECK(state.is_of_figures());
  CHECK(state.published_alert("many") != nullptr);
  CHECK(state.published_alert("few") == nullptr);
  CHECK(state.troubled_health().size() == 1);
}

TEST_CASE("a heartbeat without a position leaves the position as it is") {
  HotspotState state;
  state.apply(test::make_snapshot(7));
  state.apply(test::make_progress(7));
  v1::ServerMessage heartbeat;
  heartbeat.mutable_progress();
  state.apply(heartbeat);
  REQUIRE(state.position());
  CHECK(state.position()->version() == 7);
}

}  // namespace commonwatch::test
