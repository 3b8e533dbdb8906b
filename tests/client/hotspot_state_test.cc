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
  hotspots[0].set_score(9);
  hotspots[1].set_severity(v1::SEVERITY_ALERT);
  state.apply(tile);
  REQUIRE(state.ranked().size() == 3);
  CHECK(state.ranked()[0]->id() == "b");
  CHECK(state.ranked()[1]->id() == "a");
  CHECK(state.ranked()[2]->id() == "c");
}

}  // namespace commonwatch::test
