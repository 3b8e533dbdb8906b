// fanout_slow: a tenth of the subscribers read nothing.
#include "bench/clock.h"
#include "bench/fanout_load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
constexpr double kMegabyte = 1 << 20;

Sample measure(const Setup& setup, const FanoutSize& size, std::uint32_t slow) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", fanout_settings(size.tick_ms));
  Sample sample;
  {
    Loop loop;
    teach(loop, hub);
    Audience audience(loop, hub.port(), size.subscribers);
    audience.begin();
    audience.stop_reading(slow);
    Publisher publisher(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
    loop.run_until("opening the feed", kConnectMax, [&] { return publisher.open(); });
    auto feed = make_feed(publisher.source(), places_in_one_tile(size.hotspots, kHotspotLevel),
                          size.batches);
    const auto resident = static_cast<double>(hub.resident_bytes());
    const double sent_before = hub.metric("commonwatch_sent_bytes_total");
    const double cpu_before = hub.shard_cpu_seconds();
    const auto due = publish_each_tick(loop, publisher, std::move(feed), size.tick_ms,
                                       [&] { return audience.has(size.batches); });
    const double cpu = hub.shard_cpu_seconds() - cpu_before;
    const double sent = hub.metric("commonwatch_sent_bytes_total") - sent_before;
    audience.check_equal();
    const Histogram waits = delays(audience, due);
    const auto deliveries =
        static_cast<double>(audience.first().ticks()) * static_cast<double>(audience.readers());
    sample = {
        {"CPU s / million deliveries to readers", cpu / deliveries * 1e6},
        {"bytes sent / delivery to readers", sent / deliveries},
        {"delay p50 ms", waits.quantile_ms(0.5)},
        {"delay p99 ms", waits.quantile_ms(0.99)},
        {"resident MB more", (static_cast<double>(hub.resident_bytes()) - resident) / kMegabyte}};
  }
  hub.stop();
  return sample;
}

}  // namespace

Contenders make_fanout_slow(const Setup& setup) {
  FanoutSize size{setup.subscribers, 200, 100, 120};
  if (setup.small) size = {20, 20, 50, 5};
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(Role::kHub, "hub, all read",
                                                    [=] { return measure(setup, size, 0); }));
  contenders.push_back(std::make_unique<MeasuredBy>(Role::kHub, "hub, a tenth read nothing", [=] {
    return measure(setup, size, size.subscribers / 10);
  }));
  return contenders;
}

}  // namespace commonwatch::bench
