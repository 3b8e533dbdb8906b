// Whoever reads, however slowly: what it received amounts to the state at the version it holds.
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "hub/feed/feed.h"
#include "tests/feed/frames.h"

namespace commonwatch::feed::test {
namespace {

const model::EngineEpoch kEpoch(5);

TileSelection random_selection(std::mt19937_64& random, int tiles) {
  TileSelection selection{random() % 3 == 0, {}};
  for (int number = 1; number < tiles; ++number) {
    if (random() % 2 == 0) selection.tiles.push_back(tile(number));
  }
  std::sort(selection.tiles.begin(), selection.tiles.end());
  return selection;
}

RingLimits small_ring() {
  RingLimits limits;
  limits.bytes_max = 20'000;
  return limits;
}

TEST_CASE("Readers of any pace, with any tiles, hold the state of their version") {
  constexpr int kTiles = 12;
  int snapshots = 0;
  int resumed = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    World world(seed, kTiles);
    Feed feed(small_ring(), readable_frames(std::make_shared<Encodings>()));
    feed.reset({kEpoch, model::Version(1)}, time_of(1), {});
    std::map<std::uint64_t, Picture> history;
    history[1] = world.picture();
    std::vector<Client> clients;
    for (int i = 0; i < 8; ++i) clients.emplace_back(random_selection(random, kTiles));
    for (std::uint64_t version = 2; version < 600; ++version) {
      auto deltas = world.change(version);
      feed.publish(model::Version(version), time_of(version), std::move(deltas));
      history[version] = world.picture();
      for (std::size_t i = 0; i < clients.size(); ++i) {
        if (random() % (1U << i) != 0) continue;  // each half as often as the one before
        Client& client = clients[i];
        const Delivery delivery = feed.read(client.held(), client.selection(), 1 + random() % 40);
        resumed += delivery.kind == Delivery::Kind::kDeltas ? 1 : 0;
        client.receive(delivery);
        REQUIRE(client.failure() == "");
        REQUIRE(client.picture() ==
                cut(history.at(client.held()->version.value()), client.selection()));
      }
    }
    for (const Client& client : clients) snapshots += client.snapshots() - 1;
  }
  CHECK(resumed > 1000);
  CHECK(snapshots > 10);  // some fell behind the ring
}

TEST_CASE("A reader that pans holds the state of its tiles") {
  constexpr int kTiles = 12;
  for (std::uint64_t seed = 50; seed < 60; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    World world(seed, kTiles);
    Feed feed({}, readable_frames(std::make_shared<Encodings>()));
    feed.reset({kEpoch, model::Version(1)}, time_of(1), {});
    Client client(TileSelection{false, {}});
    int pans = 0;
    for (std::uint64_t version = 2; version < 300; ++version) {
      feed.publish(model::Version(version), time_of(version), world.change(version));
      if (random() % 3 != 0) continue;
      client.receive(feed.read(client.held(), client.selection()));
      const int number = 1 + static_cast<int>(random() % (kTiles - 1));
      TileSelection wider = client.selection();
      if (wider.contains(tile(number))) continue;
      const auto frames = feed.read_tiles(*client.held(), TileSelection{false, {tile(number)}});
      REQUIRE(frames.has_value());
      wider.tiles.push_back(tile(number));
      std::sort(wider.tiles.begin(), wider.tiles.end());
      client.select(wider);
      for (const SharedFrame& frame : *frames) client.receive(*frame->binary());
      ++pans;
      REQUIRE(client.failure() == "");
      REQUIRE(client.picture() == cut(world.picture(), client.selection()));
    }
    CHECK(pans == kTiles - 1);
  }
}

TEST_CASE("Many readers on their own threads, woken by the writer, lose nothing") {
  constexpr int kTiles = 12;
  constexpr std::uint64_t kLast = 1500;
  constexpr int kReaders = 6;
  World world(9, kTiles);
  Feed feed(small_ring(), readable_frames(std::make_shared<Encodings>()));
  feed.reset({kEpoch, model::Version(1)}, time_of(1), {});

  std::mutex mutex;  // guards what the test itself shares
  std::map<std::uint64_t, Picture> history{{1, {}}};
  std::vector<std::string> failures;
  const auto read_all = [&](std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Client client(random_selection(random, kTiles));
    std::atomic<int> wakes = 0;
    auto handle = feed.listen([&wakes] { ++wakes; });
    while (!client.held() || client.held()->version.value() < kLast) {
      client.receive(feed.read(client.held(), client.selection(), 1 + random() % 30));
      if (random() % 50 == 0) {
        handle = nullptr;
        handle = feed.listen([&wakes] { ++wakes; });
      }
      if (random() % 20 == 0)
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
      if (random() % 10 == 0) {
        for (const SharedFrame& frame : feed.read(std::nullopt, {}).frames) frame->json();
      }
      const std::lock_guard lock(mutex);
      if (!client.failure().empty()) failures.push_back(client.failure());
      const auto known = history.find(client.held()->version.value());
      if (known == history.end()) continue;  // the writer notes it in a moment
      if (client.picture() != cut(known->second, client.selection())) {
        failures.push_back("another picture at " + std::to_string(known->first));
      }
      if (!failures.empty()) return;
    }
  };
  std::vector<std::thread> readers;
  for (std::uint64_t i = 0; i < kReaders; ++i) readers.emplace_back(read_all, i);
  for (std::uint64_t version = 2; version <= kLast; ++version) {
    auto deltas = world.change(version);
    {
      const std::lock_guard lock(mutex);
      history[version] = world.picture();
    }
    feed.publish(model::Version(version), time_of(version), std::move(deltas));
    if (version % 16 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  for (std::thread& reader : readers) reader.join();
  INFO((failures.empty() ? "" : failures.front()));
  CHECK(failures.empty());
  CHECK(feed.usage().ring_bytes <= small_ring().bytes_max + 40'000);
}

TEST_CASE("A listener is not called after its handle has died, whatever the writer does") {
  Feed feed({}, readable_frames(std::make_shared<Encodings>()));
  feed.reset({kEpoch, model::Version(1)}, time_of(1), {});
  World world(3);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::uint64_t version = 2; !stop; ++version) {
      feed.publish(model::Version(version), time_of(version), world.change(version));
    }
  });
  bool called_late = false;
  for (int round = 0; round < 500; ++round) {
    auto alive = std::make_unique<std::atomic<bool>>(true);
    auto late = std::make_shared<std::atomic<bool>>(false);
    auto handle = feed.listen([late, raw = alive.get()] {
      if (!*raw) *late = true;
    });
    if (round % 3 == 0) std::this_thread::yield();
    handle.reset();
    *alive = false;  // what the listener refers to ends here
    alive.reset();
    called_late = called_late || *late;
  }
  stop = true;
  writer.join();
  CHECK_FALSE(called_late);
}

}  // namespace
}  // namespace commonwatch::feed::test
