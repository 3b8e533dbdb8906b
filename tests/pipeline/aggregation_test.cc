#include "tests/pipeline/core.h"

namespace commonwatch::tests {

TEST_CASE("Aggregation shows after a restart what it showed before") {
  const TemporaryDirectory directory;
  std::vector<model::Hotspot> before;
  model::Position position;
  {
    Core core(directory.path());
    REQUIRE(core.publish("county-ems/cad", city()).has_value());
    core.settle();
    before = core.feed().hotspots().second;
    position = core.feed().position();
  }
  REQUIRE_FALSE(before.empty());
  Core core(directory.path());
  core.settle();
  CHECK(core.feed().hotspots().second == before);
  CHECK(core.feed().position() == position);
  CHECK(core.feed().can_resume(position));
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
  hotspot::Settings other;
  other.count_min = 5;
  const auto changed = pipeline::begin_epoch(core.log(), other, kTick);
  REQUIRE(changed.has_value());
  CHECK(changed->id != first);
}

TEST_CASE("Aggregation gives the same snapshot in one batch as event by event") {
  const TemporaryDirectory one;
  const TemporaryDirectory two;
  Core batch(one.path());
  Core single(two.path());
  REQUIRE(batch.publish("county-ems/cad", city()).has_value());
  for (const std::string& event : city()) REQUIRE(single.publish("county-ems/cad", {event}).has_value());
  batch.settle();
  single.settle();
  CHECK(batch.feed().hotspots().second == single.feed().hotspots().second);
}

}  // namespace commonwatch::tests
