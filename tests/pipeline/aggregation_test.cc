#include "tests/pipeline/core.h"

namespace commonwatch::tests {

TEST_CASE("Aggregation shows after a restart what it showed before") {
  const TemporaryDirectory directory;
  std::vector<model::Hotspot> before;
  std::vector<model::Alert> alerts;
  model::Position position;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", city()).has_value());
    core.settle();
    before = core.feed().hotspots().second;
    alerts = core.all_alerts();
    position = core.feed().position();
  }
  REQUIRE_FALSE(before.empty());
  REQUIRE_FALSE(alerts.empty());
  Core core(directory.path());
  core.settle();
  CHECK(core.feed().hotspots().second == before);
  CHECK(core.all_alerts() == alerts);
  CHECK(core.feed().position() == position);
  CHECK(core.feed().can_resume(position));
}

TEST_CASE("Aggregation begins at the last checkpoint where filling the ring is too much to fold") {
  const TemporaryDirectory directory;
  std::vector<model::Hotspot> before;
  model::Position position;
  model::Position earlier;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
    core.settle();
    earlier = core.feed().position();
    REQUIRE(core.publish("county-ems/cad", burst()).has_value());
    core.settle();
    before = core.feed().hotspots().second;
    position = core.feed().position();
  }
  REQUIRE_FALSE(before.empty());
  const auto check = [&](std::uint32_t refold_events_max, bool resumes) {
    Limits limits;
    limits.ring_ms_max = 86'400'000;
    limits.refold_events_max = refold_events_max;
    Core core(directory.path(), limits);
    core.settle();
    CHECK(core.feed().hotspots().second == before);
    CHECK(core.feed().position() == position);
    CHECK(core.feed().can_resume(position));
    CHECK(core.feed().can_resume(earlier) == resumes);
  };
  check(1000, true);
  check(0, false);
}

TEST_CASE("Aggregation starts a new engine epoch only when the settings are others") {
  const TemporaryDirectory directory;
  model::EngineEpoch first;
  {
    Core core(directory.path());
    first = core.sources().epoch.id;
  }
  Core core(directory.path());
  CHECK(core.sources().epoch.id == first);
  hotspot::Settings other = quick_settings();
  other.count_min = 5;
  const auto changed = pipeline::begin_epoch(core.log(), other, kTick);
  REQUIRE(changed.has_value());
  CHECK(changed->id != first);
}

}  // namespace commonwatch::tests
