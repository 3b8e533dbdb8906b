#include "hub/feed/feed.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/feed/frames.h"

namespace commonwatch::feed::test {
namespace {

const model::EngineEpoch kEpoch(77);
using Kind = Delivery::Kind;

model::Position at(std::uint64_t version, model::EngineEpoch epoch = kEpoch) {
  return {epoch, model::Version(version)};
}

model::TileDelta change(int number, std::uint64_t version, std::uint64_t previous,
                        std::uint32_t count = 3) {
  model::TileDelta delta{
      tile(number), model::Version(version), model::Version(previous), time_of(version), {}, {}};
  delta.changed.hotspots = {hotspot(1, count)};
  return delta;
}

TileSelection only(std::vector<int> numbers) {
  TileSelection selection{false, {}};
  for (const int number : numbers) selection.tiles.push_back(tile(number));
  std::sort(selection.tiles.begin(), selection.tiles.end());
  return selection;
}

struct Fixture {
  explicit Fixture(RingLimits limits = {}, std::size_t padding = 0)
      : feed(limits, readable_frames(encodings, padding)) {}
  void start(std::uint64_t version = 10) { feed.reset(at(version), time_of(version), {}); }
  void publish(std::uint64_t version, std::vector<model::TileDelta> deltas) {
    feed.publish(model::Version(version), time_of(version), std::move(deltas));
  }
  std::shared_ptr<Encodings> encodings = std::make_shared<Encodings>();
  Feed feed;
};

TEST_CASE("A feed gives nothing and resumes nobody before it has a state") {
  Fixture f;
  CHECK_FALSE(f.feed.is_ready());
  CHECK(f.feed.read(std::nullopt, {}).kind == Kind::kNothing);
  CHECK_FALSE(f.feed.can_resume(at(0)));
  CHECK_FALSE(f.feed.read_tiles(f.feed.position(), {}).has_value());
  CHECK_THROWS_AS(f.publish(1, {}), std::logic_error);
}

TEST_CASE("A reader with nothing gets a snapshot, then deltas, then nothing") {
  Fixture f;
  f.start();
  f.publish(11, {change(1, 11, 0)});
  Client client;
  const Delivery snapshot = f.feed.read(client.held(), {});
  CHECK(snapshot.kind == Kind::kSnapshot);
  CHECK(snapshot.frames.size() == 1);
  CHECK(snapshot.as_of == time_of(11));
  client.receive(snapshot);
  f.publish(12, {change(1, 12, 11, 5), change(2, 12, 0)});
  const Delivery deltas = f.feed.read(client.held(), {});
  CHECK(deltas.kind == Kind::kDeltas);
  CHECK(deltas.frames.size() == 2);
  client.receive(deltas);
  CHECK(f.feed.read(client.held(), {}).kind == Kind::kNothing);
  CHECK(client.failure() == "");
  CHECK(client.picture().size() == 2);
}

TEST_CASE("A version that moves without changes for the reader's tiles is a progress alone") {
  Fixture f;
  f.start();
  f.publish(11, {change(1, 11, 0)});
  f.publish(12, {});
  const Delivery delivery = f.feed.read(at(10), only({2}));
  CHECK(delivery.kind == Kind::kDeltas);
  CHECK(delivery.frames.empty());
  CHECK(delivery.position == at(12));
  CHECK(*delivery.progress->binary() == "P 77 12 " + std::to_string(to_micros(time_of(12))));
}

TEST_CASE("Tile 0 reaches every reader") {
  Fixture f;
  f.start();
  f.publish(11, {change(0, 11, 0), change(1, 11, 0)});
  CHECK(f.feed.read(at(10), only({2})).frames.size() == 1);
  CHECK(f.feed.read(std::nullopt, only({2})).frames.size() == 1);
}

TEST_CASE("A position of another epoch, from the future, or before the ring gets a snapshot") {
  Fixture f;
  f.start();
  f.publish(11, {change(1, 11, 0)});
  for (const auto& held : {at(11, model::EngineEpoch(78)), at(12), at(9)}) {
    CHECK_FALSE(f.feed.can_resume(held));
    CHECK(f.feed.read(held, {}).kind == Kind::kSnapshot);
  }
  CHECK(f.feed.can_resume(at(10)));
  CHECK(f.feed.can_resume(at(11)));
}

TEST_CASE("A position between two ticks is led on from there") {
  Fixture f;
  f.start();
  f.publish(20, {change(1, 20, 0)});
  f.publish(30, {change(1, 30, 20)});
  CHECK(f.feed.read(at(25), {}).frames.size() == 1);
  CHECK(f.feed.read(at(15), {}).frames.size() == 3);  // and a progress between them
}

TEST_CASE("A long way is given in parts that end at ticks") {
  Fixture f;
  f.start();
  std::uint64_t previous = 0;
  for (std::uint64_t version = 11; version <= 20; ++version) {
    f.publish(version, {change(1, version, previous), change(2, version, previous)});
    previous = version;
  }
  f.publish(21, {});
  const Delivery part = f.feed.read(at(10), {}, 5);
  CHECK(part.is_cut);
  REQUIRE(part.frames.size() == 5);  // two ticks, with the progress of the first between
  CHECK(part.frames[2]->binary()->starts_with("P 77 11 "));
  CHECK(part.position == at(12));
  CHECK(part.as_of == time_of(12));
  CHECK(*part.progress->binary() == "P 77 12 " + std::to_string(to_micros(time_of(12))));
  const Delivery whole_tick = f.feed.read(at(12), {}, 1);
  CHECK(whole_tick.frames.size() == 2);
  CHECK(whole_tick.position == at(13));
  const Delivery rest = f.feed.read(at(18), {}, 5);
  CHECK(rest.position == at(21));
}

TEST_CASE("Everything is encoded once, however many read, and JSON only if somebody asks") {
  Fixture f;
  f.start();
  json_encodings = 0;
  f.publish(11, {change(1, 11, 0), change(2, 11, 0)});
  CHECK(f.encodings->tiles == 0);
  for (int reader = 0; reader < 50; ++reader) {
    for (const auto& held : {std::optional(at(10)), std::optional<model::Position>()}) {
      const Delivery delivery = f.feed.read(held, {});
      for (const SharedFrame& frame : delivery.frames) frame->binary();
      delivery.progress->binary();
    }
  }
  CHECK(f.encodings->deltas == 2);
  CHECK(f.encodings->tiles == 2);
  CHECK(f.encodings->progress == 1);
  CHECK(json_encodings == 0);
  for (int reader = 0; reader < 50; ++reader) f.feed.read(at(10), {}).frames[0]->json();
  CHECK(json_encodings == 1);
  f.publish(12, {change(1, 12, 11)});
  for (const SharedFrame& frame : f.feed.read(std::nullopt, {}).frames) frame->binary();
  CHECK(f.encodings->tiles == 3);  // only the tile that changed
}

TEST_CASE("The ring keeps to its bytes, JSON included, and those behind it get a snapshot") {
  RingLimits limits;
  limits.bytes_max = 100'000;
  Fixture f(limits, 1000);
  f.start();
  std::uint64_t previous = 0;
  for (std::uint64_t version = 11; version <= 1000; ++version) {
    f.publish(version, {change(1, version, previous)});
    REQUIRE(f.feed.usage().ring_bytes <= limits.bytes_max);
    if (version % 2 == 0) {
      const std::size_t before = f.feed.usage().ring_bytes;
      REQUIRE(f.feed.read(at(version - 1), {}).frames.at(0)->json()->size() > 1000);
      REQUIRE(f.feed.usage().ring_bytes > before + 1000);
    }
    previous = version;
  }
  const std::size_t ticks = f.feed.usage().ring_ticks;
  CHECK(ticks > 30);
  CHECK(ticks < 100);
  CHECK(f.feed.can_resume(at(1000 - ticks)));
  CHECK_FALSE(f.feed.can_resume(at(1000 - ticks - 1)));
  CHECK(f.feed.read(at(11), {}).kind == Kind::kSnapshot);
}

TEST_CASE("The ring keeps to its span of recorded time, also while nothing changes") {
  RingLimits limits;
  limits.span_max = std::chrono::seconds(10);  // 40 ticks
  Fixture f(limits);
  f.start();
  for (std::uint64_t version = 11; version <= 20; ++version)
    f.publish(version, {change(1, version, version - 1)});
  CHECK(f.feed.usage().ring_ticks == 10);
  f.publish(55, {});
  CHECK(f.feed.usage().ring_ticks == 6);
  CHECK_FALSE(f.feed.can_resume(at(13)));
  CHECK(f.feed.can_resume(at(14)));
  f.publish(500, {});
  CHECK(f.feed.usage().ring_ticks == 0);
  CHECK(f.feed.usage().ring_bytes == 0);
  CHECK(f.feed.can_resume(at(20)));
  CHECK(f.feed.read(at(400), {}).frames.empty());
}

TEST_CASE("A frame that outlives the ring is still whole and does not count any more") {
  RingLimits limits;
  limits.span_max = std::chrono::seconds(1);
  Fixture f(limits);
  f.start();
  f.publish(11, {change(1, 11, 0)});
  const SharedFrame frame = f.feed.read(at(10), {}).frames.at(0);
  f.publish(100, {});
  CHECK(f.feed.usage().ring_bytes == 0);
  CHECK(frame->json()->front() == '{');
  CHECK(f.feed.usage().ring_bytes == 0);
}

TEST_CASE("A reset leads everybody to the new state by a snapshot") {
  Fixture f;
  f.start();
  f.publish(11, {change(1, 11, 0)});
  model::TileState state{tile(3), model::Version(5), time_of(5), {}};
  state.content.hotspots = {hotspot(9, 4)};
  const model::EngineEpoch next(78);
  f.feed.reset(at(8, next), time_of(8), {state, {tile(4), model::Version(6), time_of(6), {}}});
  CHECK(f.feed.position() == at(8, next));
  const Delivery delivery = f.feed.read(at(11), {});
  CHECK(delivery.kind == Kind::kSnapshot);
  CHECK(delivery.frames.size() == 1);  // the empty tile is left out
  CHECK(f.feed.usage().ring_bytes == 0);
  f.publish(9, {change(3, 9, 5)});
  CHECK(f.feed.read(at(8, next), {}).frames.size() == 1);
}

TEST_CASE("Added tiles come as they stand, to a reader that holds the newest version only") {
  Fixture f;
  f.start();
  f.publish(11, {change(0, 11, 0), change(1, 11, 0), change(2, 11, 0)});
  CHECK_FALSE(f.feed.read_tiles(at(10), only({2})).has_value());
  const auto frames = f.feed.read_tiles(at(11), only({2, 5}));
  REQUIRE(frames.has_value());
  REQUIRE(frames->size() == 1);
  CHECK(frames->at(0)->binary()->starts_with("T " + std::to_string(tile(2).id()) + " 11 "));
  CHECK(f.feed.read_tiles(at(11), {})->size() == 3);
}

TEST_CASE("Who watches everything from the same position shares one delivery, until more comes") {
  Fixture f;
  f.start();
  f.publish(11, {change(1, 11, 0)});
  const SharedDelivery first = f.feed.read_shared(at(10), {});
  CHECK(f.feed.read_shared(at(10), {}) == first);
  CHECK(first->frames == f.feed.read(at(10), {}).frames);
  CHECK(f.feed.read_shared(at(10), only({2}))->frames.empty());
  CHECK(f.feed.read_shared(at(10), {}) == first);
  CHECK(f.feed.read_shared(std::nullopt, {})->kind == Kind::kSnapshot);
  CHECK(f.feed.read_shared(at(11), {})->kind == Kind::kNothing);
  f.publish(12, {change(1, 12, 11)});
  CHECK(f.feed.read_shared(at(10), {})->frames == f.feed.read(at(10), {}).frames);
  const SharedDelivery next = f.feed.read_shared(at(11), {});
  CHECK(next->position == at(12));
  f.feed.reset(at(12, model::EngineEpoch(2)), time_of(12), {});
  CHECK(f.feed.read_shared(at(11), {})->kind == Kind::kSnapshot);
}

TEST_CASE("The list of all hotspots is that of the version it names") {
  Fixture f;
  f.start();
  f.publish(11, {change(2, 11, 0), change(1, 11, 0)});
  model::TileDelta delta = change(1, 12, 11);
  delta.changed.hotspots = {hotspot(0, 8), hotspot(2, 9)};
  delta.removed = {hotspot(1, 0).id};
  f.publish(12, {delta});
  const auto [delivery, hotspots] = f.feed.hotspots();
  CHECK(delivery.position == at(12));
  CHECK(delivery.as_of == time_of(12));
  REQUIRE(delivery.progress);
  CHECK(hotspots.size() == 3);
  CHECK(f.feed.usage().hotspots == 3);
  CHECK(f.feed.usage().tiles == 2);
}

TEST_CASE("The content is that of every tile, list by list, with the version it belongs to") {
  Fixture f;
  f.start();
  model::TileDelta delta = change(0, 11, 0);
  delta.changed.alerts.resize(1);
  delta.changed.alerts[0].id = "alert";
  delta.changed.sources.resize(1);
  delta.changed.sources[0].id = "source:a/b";
  model::TileDelta other = change(1, 11, 0);
  other.changed.places.resize(1);
  other.changed.places[0].id = "place:1";
  other.changed.proposals.resize(1);
  other.changed.proposals[0].id = "proposal:1";
  f.publish(11, {delta, other});
  const auto [delivery, content] = f.feed.content();
  CHECK(delivery.position == at(11));
  CHECK(content.hotspots.size() == 2);
  CHECK(content.alerts == delta.changed.alerts);
  CHECK(content.sources == delta.changed.sources);
  CHECK(content.places == other.changed.places);
  CHECK(content.proposals == other.changed.proposals);
}

TEST_CASE("A tile that holds an alert and no hotspot is shown, until the alert is gone") {
  Fixture f;
  f.start();
  model::TileDelta delta{tile(0), model::Version(11), model::Version(), time_of(11), {}, {}};
  delta.changed.alerts.resize(1);
  delta.changed.alerts[0].id = "alert";
  f.publish(11, {delta});
  CHECK(f.feed.read(std::nullopt, {}).frames.size() == 1);
  model::TileDelta end{tile(0), model::Version(12), model::Version(11), time_of(12), {}, {"alert"}};
  f.publish(12, {end});
  CHECK(f.feed.read(std::nullopt, {}).frames.empty());
}

TEST_CASE("Versions that do not rise are refused") {
  Fixture f;
  f.start();
  CHECK_THROWS_AS(f.publish(10, {}), std::logic_error);
}

TEST_CASE("Listeners are called when something changed, until their handle dies") {
  Fixture f;
  int calls = 0;
  auto handle = f.feed.listen([&calls] { ++calls; });
  f.start();
  CHECK(calls == 1);
  f.publish(11, {change(1, 11, 0)});
  CHECK(calls == 2);
  f.publish(12, {});
  CHECK(calls == 2);
  handle.reset();
  f.publish(13, {change(1, 13, 11)});
  CHECK(calls == 2);
}

TEST_CASE("A listener may read, listen, and end itself or another within its call") {
  Fixture f;
  f.start();
  std::shared_ptr<void> own;
  std::shared_ptr<void> other;
  std::shared_ptr<void> late;
  int own_calls = 0;
  int other_calls = 0;
  int late_calls = 0;
  own = f.feed.listen([&] {
    ++own_calls;
    CHECK(f.feed.read(at(10), {}).kind == Kind::kDeltas);
    late = f.feed.listen([&] { ++late_calls; });
    other.reset();
    own.reset();
  });
  other = f.feed.listen([&] { ++other_calls; });
  f.publish(11, {change(1, 11, 0)});
  f.publish(12, {change(1, 12, 11)});
  CHECK(own_calls == 1);
  CHECK(other_calls == 0);
  CHECK(late_calls == 1);
}

TEST_CASE("A handle may outlive the feed") {
  auto feed = std::make_unique<Feed>(RingLimits{}, readable_frames(std::make_shared<Encodings>()));
  auto handle = feed->listen([] {});
  feed.reset();
  handle.reset();
  SUCCEED();
}

}  // namespace
}  // namespace commonwatch::feed::test
