// fanout_tiles: subscribers with different sections of the map, and more or fewer tiles that
// change.
#include <algorithm>
#include <string>
#include <utility>

#include "bench/clock.h"
#include "bench/fanout_load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
constexpr std::uint32_t kTiles = 64;
// Tiles in the section that one subscriber watches.
constexpr std::uint32_t kSection = 4;
constexpr std::uint32_t kPlaces = 3;
// Without a delivery for so many ticks, all has come.
constexpr std::uint32_t kQuietTicks = 10;

using Sections = std::vector<std::unique_ptr<Subscriber>>;

Sections connect(Loop& loop, const HubProcess& hub, const std::vector<TilePlaces>& map,
                 std::uint32_t size) {
  Sections all;
  std::size_t current = 0;
  const auto all_current = [&] {
    for (std::size_t i = current; i < all.size(); ++i) all[i]->open();
    while (current < all.size() && all[current]->open()) ++current;
    return current == all.size();
  };
  for (std::uint32_t i = 0; i < size; ++i) {
    std::vector<model::Cell> section;
    for (std::uint32_t k = 0; k < kSection; ++k) section.push_back(map[(i + k) % kTiles].tile);
    all.push_back(std::make_unique<Subscriber>(loop, hub.port(), false, nullptr, section));
    if (all.size() % 256 == 0) loop.run_until("subscribing", kConnectMax, all_current);
  }
  loop.run_until("subscribing", kConnectMax, all_current);
  return all;
}

std::uint64_t bytes_of(const Sections& all) {
  std::uint64_t bytes = 0;
  for (const auto& subscriber : all) bytes += subscriber->counter().bytes();
  return bytes;
}

// Who watches the same section has the same; and nobody has nothing, if his tiles changed.
void check_sections(const Sections& all, std::uint32_t changed) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i]->check();
    const DeltaCounter& counter = all[i]->counter();
    require(counter.sum() == all[i % kTiles]->counter().sum(),
            "two subscribers of one section did not get the same");
    require(i % kTiles >= changed || counter.ticks() > 0, "a changed tile was not delivered");
  }
}

Sample measure(const Setup& setup, const FanoutSize& size, std::uint32_t changed) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", fanout_settings(size.tick_ms));
  Sample sample;
  {
    Loop loop;
    teach(loop, hub);
    const auto map = places_in_tiles(kTiles, kPlaces, kHotspotLevel);
    const Sections all = connect(loop, hub, map, size.subscribers);
    Publisher publisher(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
    loop.run_until("opening the feed", kConnectMax, [&] { return publisher.open(); });
    std::vector<model::LatLng> places;
    for (std::uint32_t i = 0; i < changed; ++i) {
      places.insert(places.end(), map[i].places.begin(), map[i].places.end());
    }
    auto feed = make_feed(publisher.source(), places, size.batches);
    const double cpu_before = hub.shard_cpu_seconds();
    std::uint64_t seen = 0;
    std::uint64_t since = now_ns();
    publish_each_tick(loop, publisher, std::move(feed), size.tick_ms, [&] {
      const std::uint64_t bytes = bytes_of(all);
      if (std::exchange(seen, bytes) != bytes) since = now_ns();
      return seconds_since(since) * 1e3 > kQuietTicks * size.tick_ms;
    });
    const double cpu = hub.shard_cpu_seconds() - cpu_before;
    check_sections(all, changed);
    sample = {{"CPU ms / batch", cpu / size.batches * 1e3},
              {"KB / batch and subscriber",
               static_cast<double>(bytes_of(all)) / size.batches / size.subscribers / 1024}};
  }
  hub.stop();
  return sample;
}

}  // namespace

Contenders make_fanout_tiles(const Setup& setup) {
  FanoutSize size{setup.subscribers, 0, 100, 60};
  if (setup.small) size = {2 * kTiles, 0, 50, 5};
  Contenders contenders;
  for (const std::uint32_t changed : {1U, 4U, 16U, 64U}) {
    const std::string name = "hub, " + std::to_string(changed) + " of " + std::to_string(kTiles) +
                             (changed == 1 ? " tiles changes" : " tiles change");
    contenders.push_back(std::make_unique<MeasuredBy>(
        Role::kHub, name, [=] { return measure(setup, size, changed); }));
  }
  return contenders;
}

}  // namespace commonwatch::bench
