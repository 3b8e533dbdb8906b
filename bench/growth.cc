// growth_*: how the cost of one thing grows with the number of another.
#include <algorithm>

#include "bench/audiences.h"
#include "bench/clock.h"
#include "bench/fanout_load.h"
#include "bench/load.h"
#include "bench/paced_partners.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kRunMax(300);
constexpr double kMegabyte = 1 << 20;
// Shorter than the time from batch to batch, so that a delay is the hub's own.
constexpr std::uint32_t kTickMs = 50;
// Hotspots of one tile; more are in several.
constexpr std::size_t kTilePlaces = 500;

using Sizes = std::vector<std::uint32_t>;

std::vector<model::LatLng> places_for(std::size_t hotspots) {
  if (hotspots <= kTilePlaces) return places_in_one_tile(hotspots, kHotspotLevel);
  std::vector<model::LatLng> places;
  for (const TilePlaces& tile :
       places_in_tiles(hotspots / kTilePlaces, kTilePlaces, kHotspotLevel)) {
    places.insert(places.end(), tile.places.begin(), tile.places.end());
  }
  return places;
}

// `size.tick_ms`: from batch to batch.
Sample measure_feed(const Setup& setup, const FanoutSize& size) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", fanout_settings(kTickMs));
  Sample sample;
  {
    Loop loop;
    teach(loop, hub);
    Audience audience(loop, hub.port(), size.subscribers);
    Publisher publisher(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
    loop.run_until("opening the feed", kRunMax, [&] { return publisher.open(); });
    auto feed = make_feed(publisher.source(), places_for(size.hotspots), size.batches);
    audience.begin();
    const double shards_before = hub.shard_cpu_seconds();
    const double others_before = hub.other_cpu_seconds();
    const std::uint64_t began = now_ns();
    const auto due = publish_each_tick(loop, publisher, std::move(feed), size.tick_ms,
                                       [&] { return audience.has(size.batches); });
    const double took = seconds_since(began);
    const double shards = hub.shard_cpu_seconds() - shards_before;
    const double others = hub.other_cpu_seconds() - others_before;
    audience.check_equal();
    const Histogram waits = delays(audience, due);
    const double deliveries = static_cast<double>(audience.first().ticks()) * size.subscribers;
    sample = {{"deliveries/s", deliveries / took},
              {"CPU ms / batch, delivering", shards / size.batches * 1e3},
              {"CPU ms / batch, all but delivering", others / size.batches * 1e3},
              {"delay p50 ms", waits.quantile_ms(0.5)},
              {"delay p99 ms", waits.quantile_ms(0.99)}};
  }
  hub.stop();
  return sample;
}

void wait_until_folded(Loop& loop, const HubProcess& hub) {
  loop.run_until("folding", kRunMax,
                 [&] { return hub.metric("commonwatch_fold_lag_events") == 0; });
}

// `settings`: of the hub. Until all is shown.
Sample measure_ingest(const Setup& setup, const Load::Size& size,
                      const std::function<std::string(const std::filesystem::path&)>& settings) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", settings(directory.path()));
  Sample sample;
  {
    Loop loop;
    Load load(loop, hub.port(), size, Publisher::Flow::kCredit);
    const auto events = static_cast<double>(load.events());
    const double before = hub.cpu_seconds();
    const std::uint64_t began = now_ns();
    const double took = load.run();
    wait_until_folded(loop, hub);
    const double shown = seconds_since(began);
    sample = {{"events/s", events / took},
              {"events/s until shown", events / shown},
              {"CPU s / million events", (hub.cpu_seconds() - before) / events * 1e6},
              {"acknowledgement p99 ms", load.latency().quantile_ms(0.99)},
              {"resident MB", static_cast<double>(hub.resident_bytes()) / kMegabyte}};
  }
  hub.stop();
  return sample;
}

Sample measure_load(const Setup& setup, std::uint32_t events_per_second, double seconds) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", "");
  Sample sample;
  {
    Loop loop;
    PacedPartners::Size size;
    size.events_per_second = events_per_second;
    size.seconds = seconds;
    PacedPartners partners(loop, hub.port(), size);
    const std::uint64_t began = now_ns();
    partners.begin(began);
    loop.run_until("publishing", kRunMax, [&] {
      partners.publish_due();
      loop.poll(std::chrono::milliseconds(1));
      return partners.is_done();
    });
    const double took = seconds_since(began);
    const Histogram latency = partners.latency();
    sample = {{"acknowledgement p50 ms", latency.quantile_ms(0.5)},
              {"acknowledgement p99 ms", latency.quantile_ms(0.99)},
              {"events/s", partners.events() / took}};
  }
  hub.stop();
  return sample;
}

}  // namespace

Contenders make_growth_subscribers(const Setup& setup) {
  const Sizes sizes = setup.small ? Sizes{5, 20} : Sizes{10, 100, 1'000, 10'000};
  return curve(sizes, "subscribers", [=](std::uint32_t subscribers) {
    FanoutSize size{subscribers, 50, 1000, 12};
    if (setup.small) size = {subscribers, 10, 50, 5};
    return measure_feed(setup, size);
  });
}

Contenders make_growth_hotspots(const Setup& setup) {
  const Sizes sizes = setup.small ? Sizes{10, 1'000} : Sizes{10, 100, 1'000, 10'000};
  return curve(sizes, "hotspots", [=](std::uint32_t hotspots) {
    FanoutSize size{10, hotspots, 1000, 3};
    if (setup.small) size = {5, hotspots, 100, 3};
    return measure_feed(setup, size);
  });
}

// Of one number of events, in batches of 100.
Contenders make_growth_partners(const Setup& setup) {
  const Sizes sizes = setup.small ? Sizes{1, 20} : Sizes{1, 10, 100, 1'000};
  const std::uint64_t events = setup.small ? 2'000 : 200'000;
  return curve(sizes, "partners", [=](std::uint32_t partners) {
    return measure_ingest(setup, {partners, events / partners, 100},
                          [](const auto&) { return std::string(); });
  });
}

// Each is shown everything but published figures, which are no live picture.
Contenders make_growth_audiences(const Setup& setup) {
  const Sizes sizes = setup.small ? Sizes{1, 2} : Sizes{1, 2, 4, 8};
  const std::uint64_t events_each = setup.small ? 500 : 10'000;
  return curve(sizes, "audiences", [=](std::uint32_t audiences) {
    return measure_ingest(
        setup, {8, events_each, 500, kSharingPartner}, [=](const auto& directory) {
          return "[hotspot]\nnull_days = 3650\n" + audience_settings(directory, audiences, false);
        });
  });
}

Contenders make_growth_load(const Setup& setup) {
  const Sizes sizes = setup.small ? Sizes{1'000, 4'000}
                                  : Sizes{2'000, 4'000, 8'000, 16'000, 32'000, 64'000, 128'000};
  return curve(sizes, "events/s due", [=](std::uint32_t events_per_second) {
    return measure_load(setup, events_per_second, setup.small ? 1 : 6);
  });
}

}  // namespace commonwatch::bench
