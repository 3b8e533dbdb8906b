// mixed: what partners, subscribers and analysts of one hub notice of each other.
#include <algorithm>
#include <optional>

#include "bench/analysts.h"
#include "bench/clock.h"
#include "bench/fanout_load.h"
#include "bench/load.h"
#include "bench/paced_partners.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::uint32_t kPartners = 8;
constexpr std::uint64_t kBatchEvents = 100;
constexpr std::uint32_t kAnalysts = 2;
// From one change of the hotspots to the next, in sixteenths of a tick: changes come at any moment
// within a tick, and not, by chance, each just before or just behind its end.
constexpr std::uint32_t kBatchSixteenths = 17;
constexpr std::chrono::seconds kRunMax(300);
// What the partners report is no news: it changes no hotspot, so that subscribers get the same
// deltas with and without it.
constexpr std::int64_t kAgeSeconds = 8 * 86'400;

struct MixedSize {
  FanoutSize fanout;
  std::uint64_t burst = 0;  // events of each partner, for the maximum; and for the analysts to read
};

// Who is there.
struct Present {
  bool partners = false;
  bool subscribers = false;
  bool analysts = false;
};

// Half of the maximum, by whoever is measured first in a round: events/s.
struct Rate {
  double events_per_second = 0;
};

// As many as go through and are folded, so that what is shown keeps up.
double find_maximum(Loop& loop, const HubProcess& hub, std::uint64_t events_each) {
  const Load::Size size{kPartners, events_each, 500, {}, 0, kAgeSeconds};
  Load load(loop, hub.port(), size, Publisher::Flow::kCredit);
  const std::uint64_t began = now_ns();
  load.run();
  loop.run_until("folding", kRunMax,
                 [&] { return hub.metric("commonwatch_fold_lag_events") == 0; });
  return static_cast<double>(load.events()) / seconds_since(began);
}

void add_latency(Sample& sample, const std::string& what, const Histogram& latency) {
  sample.emplace_back(what + " p50 ms", latency.quantile_ms(0.5));
  sample.emplace_back(what + " p99 ms", latency.quantile_ms(0.99));
}

// Everybody is connected; then time runs.
Sample run_together(const HubProcess& hub, const MixedSize& size, const Present& present,
                    double events_per_second) {
  Loop loop;
  std::optional<Audience> audience;
  if (present.subscribers) audience.emplace(loop, hub.port(), size.fanout.subscribers);
  Publisher news(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
  loop.run_until("opening the feed", kRunMax, [&] { return news.open(); });
  const std::uint32_t batch_ms = size.fanout.tick_ms * kBatchSixteenths / 16;
  Paced feed(news,
             make_feed(news.source(), places_in_one_tile(size.fanout.hotspots, kHotspotLevel),
                       present.subscribers ? size.fanout.batches : 0),
             batch_ms * 1'000'000ULL);
  const double seconds = size.fanout.batches * batch_ms / 1e3;
  std::optional<PacedPartners> partners;
  if (present.partners) {
    partners.emplace(
        loop, hub.port(),
        PacedPartners::Size{kPartners, kBatchEvents, events_per_second, seconds, kAgeSeconds});
  }
  std::optional<Analysts> analysts;
  if (present.analysts) {
    analysts.emplace(hub.port(), kAnalysts);
    loop.run_until("the analysts", kRunMax, [&] { return analysts->have_begun(); });
  }

  if (audience) audience->begin();
  const std::uint64_t began = now_ns();
  feed.begin(began);
  if (partners) partners->begin(began);
  loop.run_until("all together", kRunMax, [&] {
    feed.publish_due();
    if (partners) partners->publish_due();
    loop.poll(std::chrono::milliseconds(1));
    return feed.is_done() && (!partners || partners->is_done()) &&
           (!audience || audience->has(size.fanout.batches));
  });
  const double took = seconds_since(began);
  Sample sample;
  if (partners) {
    add_latency(sample, "acknowledgement", partners->latency());
    sample.emplace_back("events/s", partners->events() / took);
  }
  if (audience) {
    audience->check_equal();
    add_latency(sample, "delta", delays(*audience, feed.due()));
  }
  if (analysts) {
    sample.emplace_back("replayed events/s", static_cast<double>(analysts->finish()) / took);
  }
  return sample;
}

Sample measure(const Setup& setup, const MixedSize& size, const Present& present, Rate& half) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", fanout_settings(size.fanout.tick_ms));
  {
    Loop loop;
    teach(loop, hub);
    const double maximum = find_maximum(loop, hub, size.burst);
    if (present.analysts) half.events_per_second = maximum / 2;
  }
  Sample sample = run_together(hub, size, present, half.events_per_second);
  hub.stop();
  return sample;
}

}  // namespace

Contenders make_mixed(const Setup& setup) {
  MixedSize size{{setup.subscribers, 50, 250, 60}, 25'000};
  if (setup.small) size = {{20, 10, 50, 10}, 1'000};
  const auto half = std::make_shared<Rate>();
  Contenders contenders;
  const auto add = [&](Role role, const std::string& name, const Present& present) {
    contenders.push_back(std::make_unique<MeasuredBy>(
        role, name, [=] { return measure(setup, size, present, *half); }));
  };
  add(Role::kHub, "hub, all together", {true, true, true});
  add(Role::kLimit, "hub, ingest alone", {true, false, false});
  add(Role::kLimit, "hub, subscribers alone", {false, true, false});
  add(Role::kLimit, "hub, ingest and subscribers", {true, true, false});
  return contenders;
}

}  // namespace commonwatch::bench
