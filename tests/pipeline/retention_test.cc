// The fold of a log after retention: what is left counts as it did.
#include "hub/pipeline/erasure.h"
#include "hub/pipeline/skeletons.h"
#include "tests/pipeline/core.h"

namespace commonwatch::tests {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

// The police tells of every fourth overdose as well, a few minutes and metres away.
std::vector<std::string> quiet_by_police() {
  std::vector<std::string> events;
  for (int n = 0; n < kQuietDays * kPerDay; n += 4) {
    const int day = n / kPerDay;
    events.push_back(overdose("p" + std::to_string(n),
                              hours(day * 24 + (n % kPerDay) * 7) + minutes(4),
                              40.0 + 0.02 * (n * 7 % 17) + 0.0003, -75.6 + 0.03 * (n * 5 % 13)));
  }
  return events;
}

// The log taken in as after a change of settings, at its last tick.
pipeline::Fold folded(Core& core) {
  pipeline::Fold fold(pipeline::Picture(open_settings()), kTick, model::Offset(0));
  while (fold.next() < core.log().durable().end) {
    fold.preload(**core.log().read(fold.next()));
  }
  storage::Chunk none;
  none.recorded = core.log().durable().recorded;
  none.first = core.log().durable().end;
  const auto nobody = [](auto, auto, const auto&) {};
  fold.apply(none, nobody);
  fold.seal(kTick.at_or_after(none.recorded), nobody);
  return fold;
}

storage::EventLog::SkeletonMaker make_skeletons(Core& core) {
  const auto fold = folded(core);
  return pipeline::make_skeletons({&fold.picture()});
}

storage::RetentionPass reduce(Core& core, const storage::KeptFor& kept) {
  std::promise<Result<storage::RetentionPass>> answer;
  core.log().reduce_before(
      {{}, kept}, core.log().durable().recorded, core.log().durable().end, make_skeletons(core),
      [&](Result<storage::RetentionPass> pass) { answer.set_value(std::move(pass)); });
  return answer.get_future().get().value();
}

struct Shown {
  std::vector<model::Hotspot> hotspots;
  std::vector<model::Place> places;
  std::vector<model::Comparison> comparisons;
  std::size_t incidents = 0;
};

Shown shown(const pipeline::Picture& picture) {
  Shown shown;
  for (const model::TileState& tile : picture.tiles()) {
    const model::TileContent& content = tile.content;
    shown.hotspots.insert(shown.hotspots.end(), content.hotspots.begin(), content.hotspots.end());
  }
  shown.places = picture.layer().engine().places();
  shown.comparisons = picture.layer().engine().comparisons();
  shown.incidents = picture.layer().engine().incidents();
  return shown;
}

wire::ReplayRequest request(wire::ReplayMode mode, std::optional<Instant> from = {}) {
  wire::ReplayRequest made;
  made.replay = 1;
  made.mode = mode;
  made.from_recorded = from;
  return made;
}

}  // namespace

TEST_CASE("The fold shows after retention what it showed before, and counts each incident once") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  REQUIRE(core.publish("police/cad", quiet_by_police()).has_value());
  REQUIRE(core.publish("county-ems/cad", burst()).has_value());
  core.settle();
  const Shown before = shown(folded(core).picture());
  REQUIRE_FALSE(before.hotspots.empty());
  REQUIRE(before.incidents == kQuietDays * kPerDay + kBurst);
  const auto pass = reduce(core, {10, 400});
  CHECK(pass.skeletons > 90);
  CHECK(pass.stubs == 0);
  const auto fold = folded(core);
  CHECK(fold.picture().layer().is_keyed());
  const Shown after = shown(fold.picture());
  CHECK(after.incidents == before.incidents);
  CHECK(after.hotspots == before.hotspots);
  CHECK(after.places == before.places);
  CHECK(after.comparisons == before.comparisons);
}

TEST_CASE("A correction and a retraction reach a record that retention has reduced") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  core.settle();
  REQUIRE(reduce(core, {10, 400}).skeletons > 80);
  const auto before = shown(folded(core).picture()).incidents;
  const auto end = days(kQuietDays);
  REQUIRE(core.publish("county-ems/cad", {overdose("b3", hours(25), 40.3, -75.3, 1),
                                          retraction("b4", end, 1), overdose("new", end)})
              .has_value());
  core.settle();
  CHECK(shown(folded(core).picture()).incidents == before);  // one gone, one new, one moved
}

TEST_CASE("What comes again under an erased id joins no incident that was reduced before") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  REQUIRE(core.publish("police/cad", quiet_by_police()).has_value());
  core.settle();
  REQUIRE(reduce(core, {10, 400}).skeletons > 80);
  const auto before = shown(folded(core).picture()).incidents;
  const auto erased = pipeline::erase_record(core.log(), "police/cad", "p0", "the privacy officer");
  REQUIRE(erased.has_value());
  CHECK(shown(folded(core).picture()).incidents == before);  // the other agency tells of it
  REQUIRE(core.publish("police/cad", {overdose("p0", days(kQuietDays))}).has_value());
  core.settle();
  CHECK(shown(folded(core).picture()).incidents == before + 1);
}

TEST_CASE("A picture of reduced records comes back from its checkpoint") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  REQUIRE(core.publish("police/cad", quiet_by_police()).has_value());
  core.settle();
  REQUIRE(reduce(core, {10, 400}).skeletons > 80);
  const auto fold = folded(core);
  const std::string bytes = fold.picture().checkpoint();
  const auto restored = pipeline::Picture::restore(open_settings(), bytes);
  REQUIRE(restored.has_value());
  CHECK(restored->layer().is_keyed());
  CHECK((restored->checkpoint() == bytes));
}

TEST_CASE("Without skeletons what is over is gone from the fold") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  core.settle();
  const auto pass = reduce(core, {10, 0});
  CHECK(pass.skeletons == 0);
  CHECK(shown(folded(core).picture()).incidents + pass.stubs == kQuietDays * kPerDay);
}

TEST_CASE("The aggregation reduces what its retention says, once time has come") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  core.aggregation().set_retention({{{"county-ems", {10, 400}}}, std::nullopt});
  REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
  REQUIRE(core.publish("police/cad", quiet_by_police()).has_value());
  core.settle();
  // A pass begins with each day; the last one that began may have seen less than everything.
  REQUIRE(
      core.publish("county-ems/cad", {overdose("next", days(kQuietDays) + hours(30))}).has_value());
  while (!core.log().reduced() || core.log().reduced()->recorded < kStart + days(kQuietDays - 12)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const auto first = core.log().read(core.log().find_recorded(kStart).value()).value().value();
  for (const storage::Entry& entry : first.entries) {
    const bool theirs = first.source.partner() == "county-ems";
    CHECK(entry.is_whole() != theirs);
  }
}

TEST_CASE("Where retention has reduced, an epoch goes on from a checkpoint, or begins anew") {
  const TemporaryDirectory directory;
  model::EngineEpoch before;
  {
    Core core(directory.path());
    core.aggregation().set_retention({{}, storage::KeptFor{10, 400}});
    REQUIRE(core.publish("county-ems/cad", quiet()).has_value());
    core.settle();
    REQUIRE(core.publish("county-ems/cad", {overdose("next", days(kQuietDays) + hours(30))})
                .has_value());
    while (!core.log().reduced()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    core.settle();
    before = core.feed().position().epoch;
  }
  const bool has_checkpoints = GENERATE(true, false);
  if (!has_checkpoints) REQUIRE(std::filesystem::remove_all(directory.path() / "checkpoints") > 1);
  Core again(directory.path());
  again.settle();
  CHECK((again.feed().position().epoch == before) == has_checkpoints);
}

TEST_CASE("Replays of reduced events are marked so, and those of whole ones are not") {
  const TemporaryDirectory directory;
  Core core(directory.path());
  REQUIRE(core.publish("county-ems/cad", city()).has_value());
  core.settle();
  const auto all = core.replay(request(wire::ReplayMode::kEvents)).second;
  CHECK(all.marks == wire::ReplayMarks());
  const auto pass = reduce(core, {10, 400});
  const auto [frames, end] = core.replay(request(wire::ReplayMode::kEvents));
  CHECK(end.marks == wire::ReplayMarks{false, true, false});
  CHECK(end.count + pass.skeletons == all.count);
  const Instant late = kStart + days(kQuietDays - 5);
  for (const auto mode : {wire::ReplayMode::kEvents, wire::ReplayMode::kHotspots}) {
    CHECK(core.replay(request(mode, late)).second.marks == wire::ReplayMarks());
    CHECK(core.replay(request(mode, kStart + days(1))).second.marks.reduced);
  }
}

}  // namespace commonwatch::tests
