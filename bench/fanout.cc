// fanout_1k, fanout_10k and fanout_full: every subscriber receives every tick.
#include <string>

#include "bench/clock.h"
#include "bench/fanout_load.h"
#include "bench/peers/peer_audience.h"
#include "bench/raw_sends.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
constexpr std::chrono::seconds kDeliverMax(300);

// What the hub sent to each, for the others to send as much.
struct Sent {
  std::uint64_t bytes = 0;  // frames with their headers
  std::uint32_t ticks = 0;
  std::uint64_t bytes_a_tick() const { return bytes / ticks; }
};

Sample sample_of(const FanoutSize& size, const Sent& sent, double took, double cpu,
                 const Histogram& delays) {
  const double deliveries = static_cast<double>(sent.ticks) * size.subscribers;
  return {{"CPU s / million deliveries", cpu / deliveries * 1e6},
          {"deliveries/s", deliveries / took},
          {"delay p50 ms", delays.quantile_ms(0.5)},
          {"delay p99 ms", delays.quantile_ms(0.99)},
          {"bytes a tick", static_cast<double>(sent.bytes_a_tick())}};
}

// Subscribers and feed against a hub that runs; they are gone when this returns.
Sample feed_subscribers(const HubProcess& hub, const FanoutSize& size, Sent& sent) {
  Loop loop;
  teach(loop, hub);
  Audience audience(loop, hub.port(), size.subscribers);
  Publisher publisher(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
  loop.run_until("opening the feed", kConnectMax, [&] { return publisher.open(); });
  auto feed =
      make_feed(publisher.source(), places_in_one_tile(size.hotspots, kHotspotLevel), size.batches);

  audience.begin();
  const double cpu_before = hub.shard_cpu_seconds();
  const double others_before = hub.other_cpu_seconds();
  const std::uint64_t began = now_ns();
  const auto due = publish_each_tick(loop, publisher, std::move(feed), size.tick_ms,
                                     [&] { return audience.has(size.batches); });
  const double took = seconds_since(began);
  const double cpu = hub.shard_cpu_seconds() - cpu_before;
  const double others = hub.other_cpu_seconds() - others_before;
  audience.check_equal();
  sent = {audience.first().bytes(), audience.first().ticks()};
  Sample sample = sample_of(size, sent, took, cpu, delays(audience, due));
  // Once a tick, however many watch.
  sample.emplace_back("CPU ms / tick, all but delivering", others / sent.ticks * 1e3);
  return sample;
}

Sample fan_out_by_hub(const Setup& setup, const FanoutSize& size, Sent& sent) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", fanout_settings(size.tick_ms));
  Sample sample = feed_subscribers(hub, size, sent);
  hub.stop();
  return sample;
}

// A delta and a progress of this size together, as the hub frames them.
std::string tick_of(std::uint64_t bytes) {
  constexpr std::size_t kProgressBytes = 30;
  const std::string progress =
      server_frame(Opcode::kBinary, std::string(1, static_cast<char>(Tag::kProgress)) +
                                        std::string(kProgressBytes - 1, '\x5a'));
  const std::uint64_t left = bytes - progress.size();
  std::string delta(left - frame_header_bytes(left), '\x5a');
  delta.front() = static_cast<char>(Tag::kDelta);
  return server_frame(Opcode::kBinary, delta) + progress;
}

Sample fan_out_raw(const FanoutSize& size, const Sent& sent, bool paced) {
  require(sent.ticks > 0, "the hub is measured first");
  Loop loop;
  RawSends sends(loop, size.subscribers);
  const std::uint64_t began = now_ns();
  const std::uint64_t interval = paced ? size.tick_ms * 1'000'000ULL : 0;
  sends.start(tick_of(sent.bytes_a_tick()), sent.ticks, std::chrono::nanoseconds(interval));
  loop.run_until("raw sends", kDeliverMax, [&] {
    for (std::uint32_t i = size.subscribers; i-- > 0;) {
      if (sends.counter(i).ticks() < sent.ticks) return false;
    }
    return true;
  });
  const double took = seconds_since(began);
  const double cpu = sends.finish();
  Histogram delays;
  for (std::uint32_t i = 0; i < size.subscribers; ++i) {
    require(sends.counter(i).sum() == sends.counter(0).sum(), "raw sends arrived changed");
    for (std::uint32_t tick = 0; tick < sent.ticks; ++tick) {
      delays.record(sends.counter(i).arrivals()[tick] - began - tick * interval);
    }
  }
  return sample_of(size, sent, took, cpu, delays);
}

Sample fan_out_by_peer(const Setup& setup, const FanoutPeerKind& kind, const FanoutSize& size,
                       const Sent& sent) {
  require(sent.ticks > 0, "the hub is measured first");
  const TemporaryDirectory directory(setup.directory);
  const auto peer = kind.start(directory.path());
  Loop loop;
  PeerAudience audience(loop, *peer, size.subscribers);
  const std::string payload(sent.bytes_a_tick(), '\x5a');
  audience.begin(peer->delivery_bytes(payload.size()));
  const double cpu_before = peer->process().cpu_seconds();
  const std::uint64_t interval = size.tick_ms * 1'000'000ULL;
  const std::uint64_t began = now_ns();
  std::uint32_t published = 0;
  loop.run_until("delivering", kDeliverMax, [&] {
    for (; published < sent.ticks && now_ns() >= began + published * interval; ++published) {
      peer->publish(payload);
    }
    if (published < sent.ticks) {
      loop.poll(std::chrono::milliseconds(1));
      return false;
    }
    audience.check();
    return audience.has(sent.ticks);
  });
  const double took = seconds_since(began);
  const double cpu = peer->process().cpu_seconds() - cpu_before;
  Histogram delays;
  for (std::size_t i = 0; i < audience.size(); ++i) {
    for (std::uint32_t tick = 0; tick < sent.ticks; ++tick) {
      delays.record(audience.counter(i).arrivals()[tick] - began - tick * interval);
    }
  }
  return sample_of(size, sent, took, cpu, delays);
}

Contenders make(const Setup& setup, const FanoutSize& size, bool paced) {
  const auto sent = std::make_shared<Sent>();
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub", [=] { return fan_out_by_hub(setup, size, *sent); }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kLimit, "raw loopback sends", [=] { return fan_out_raw(size, *sent, paced); }));
  for (const FanoutPeerKind& kind : fanout_peers(PeerPrograms{setup.peers})) {
    contenders.push_back(peer_contender(kind.name, kind.missing,
                                        [=] { return fan_out_by_peer(setup, kind, size, *sent); }));
  }
  return contenders;
}

}  // namespace

Contenders make_fanout_1k(const Setup& setup) {
  FanoutSize size{setup.subscribers, 200, 100, 60};
  if (setup.small) size = {20, 20, 50, 5};
  return make(setup, size, true);
}

// As many deliveries a second as above.
Contenders make_fanout_10k(const Setup& setup) {
  FanoutSize size{10 * setup.subscribers, 200, 1000, 12};
  if (setup.small) size = {50, 20, 50, 5};
  return make(setup, size, true);
}

Contenders make_fanout_full(const Setup& setup) {
  FanoutSize size{setup.subscribers, 200, 10, 200};
  if (setup.small) size = {20, 20, 10, 10};
  return make(setup, size, false);
}

}  // namespace commonwatch::bench
