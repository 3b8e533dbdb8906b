// What a viewer is sent as its area moves and its epoch ends.
#include "hub/session/subscriber.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "tests/feed/frames.h"

namespace commonwatch::session {
namespace {

using feed::test::tile;
using feed::test::time_of;

// Reads as slowly as a test wants.
struct Viewer {
  Viewer() {
    subscriber.set_feed(feed);
    show(model::EngineEpoch(1), 10);
  }
  void show(model::EngineEpoch epoch, std::uint64_t version) {
    std::vector<model::TileState> states;
    for (int number = 1; number <= 6; ++number) {
      model::TileState& state = states.emplace_back();
      state.tile = tile(number);
      state.version = model::Version(version);
      state.content.hotspots = {feed::test::hotspot(number, 3)};
    }
    feed.reset({epoch, model::Version(version)}, time_of(version), states);
    subscriber.notice();
  }
  static model::AreaRequest area(const std::vector<int>& numbers) {
    model::AreaRequest request;
    for (const int number : numbers) request.cells.push_back(tile(number).id());
    return request;
  }
  void subscribe(std::uint32_t number, const std::vector<int>& tiles) {
    wire::Subscribe request;
    request.subscription = number;
    request.area = area(tiles);
    REQUIRE(subscriber.subscribe(request).has_value());
  }
  void move(std::uint32_t number, const std::vector<int>& tiles) {
    wire::UpdateSubscription request;
    request.subscription = number;
    request.area = area(tiles);
    REQUIRE(subscriber.update(request).has_value());
  }
  // At most so many messages; the tiles among them.
  std::multiset<std::uint64_t> receive(int most = 1000) {
    std::multiset<std::uint64_t> tiles;
    for (; most > 0; --most) {
      const Outgoing message = subscriber.next(false);
      if (!message) break;
      std::istringstream in(*message.bytes);
      std::string letter;
      std::uint64_t id = 0;
      if (in >> letter >> id && letter == "T") tiles.insert(id);
    }
    return tiles;
  }
  static std::multiset<std::uint64_t> of(const std::vector<int>& numbers) {
    std::multiset<std::uint64_t> ids;
    for (const int number : numbers) ids.insert(tile(number).id());
    return ids;
  }

  telemetry::Metrics metrics;
  LiveLimits limits{Limits{}};
  SharedSending shared{metrics};
  feed::Feed feed{{}, feed::test::readable_frames(std::make_shared<feed::test::Encodings>())};
  Subscriber subscriber{limits, metrics, shared, wire::Encoding::kBinary};
};

TEST_CASE("a viewer whose area moves is sent the tiles that are new to it, once") {
  Viewer viewer;
  viewer.subscribe(1, {1, 2});
  CHECK(viewer.receive() == Viewer::of({1, 2}));
  viewer.move(1, {2, 3});
  CHECK(viewer.receive() == Viewer::of({3}));
  viewer.move(1, {2});
  CHECK(viewer.receive().empty());
}

TEST_CASE("an area that moves again before its tiles are sent loses none of them") {
  Viewer viewer;
  viewer.subscribe(1, {1});
  CHECK(viewer.receive() == Viewer::of({1}));
  viewer.move(1, {1, 2, 3});
  viewer.move(1, {2, 3, 4});
  viewer.move(1, {2, 3});
  viewer.subscribe(2, {5});
  viewer.subscribe(3, {6});
  CHECK(viewer.receive() == Viewer::of({2, 3, 5, 6}));
}

TEST_CASE("an area that moves while its snapshot is sent loses none of the tiles") {
  Viewer viewer;
  viewer.subscribe(1, {1, 2});
  CHECK(viewer.receive(2).size() == 1);  // the header, and a tile
  viewer.move(1, {2, 3});
  viewer.move(1, {3, 4});
  const auto left = viewer.receive();
  CHECK(left.size() == 3);
  CHECK(std::ranges::includes(left, Viewer::of({3, 4})));
}

TEST_CASE("tiles that are left before they were sent are not sent") {
  Viewer viewer;
  viewer.subscribe(1, {1});
  viewer.receive();
  viewer.subscribe(2, {2, 3});
  REQUIRE(viewer.subscriber.unsubscribe(2).has_value());
  CHECK(viewer.receive().empty());
  viewer.subscribe(2, {2});
  CHECK(viewer.receive() == Viewer::of({2}));
}

TEST_CASE("what is left of a snapshot is not sent once its epoch is over") {
  Viewer viewer;
  viewer.subscribe(1, {1, 2, 3, 4});
  CHECK(viewer.receive(2).size() == 1);
  viewer.show(model::EngineEpoch(2), 11);
  CHECK(viewer.receive(1).empty());  // the header of the new one
  CHECK(viewer.receive() == Viewer::of({1, 2, 3, 4}));
}

}  // namespace
}  // namespace commonwatch::session
