// ingest_latency: how long a partner waits who publishes one event and waits for its
// acknowledgement.
#include "bench/clock.h"
#include "bench/disk_limits.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/peers/peer_load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

Sample sample_of(const Histogram& latency, double took) {
  return {{"p50 ms", latency.quantile_ms(0.5)},
          {"p99 ms", latency.quantile_ms(0.99)},
          {"events/s", static_cast<double>(latency.count()) / took}};
}

std::string counted(std::uint32_t publishers) {
  return std::to_string(publishers) + (publishers == 1 ? " publisher" : " publishers");
}

Sample measure_hub(const Setup& setup, const Load::Size& size) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", "");
  Sample sample;
  {
    Loop loop;
    Load load(loop, hub.port(), size, Publisher::Flow::kOneInFlight);
    const double took = load.run();
    sample = sample_of(load.latency(), took);
  }
  hub.stop();
  return sample;
}

Sample measure_disk(const Setup& setup, std::uint64_t writes, bool preallocated) {
  const TemporaryDirectory directory(setup.directory);
  const std::uint64_t began = now_ns();
  const Histogram latency = append_latency(directory.path(), kEventBytes, writes, preallocated);
  return sample_of(latency, seconds_since(began));
}

Sample measure_peer(const Setup& setup, const IngestPeerKind& kind, const Load::Size& size) {
  const TemporaryDirectory directory(setup.directory);
  const auto peer = kind.start(directory.path(), size.batch_events);
  Loop loop;
  PeerLoad load(loop, *peer, size, 1);
  const double took = load.run();
  return sample_of(load.latency(), took);
}

}  // namespace

Contenders make_ingest_latency(const Setup& setup) {
  const std::uint32_t publishers = setup.small ? 8 : setup.publishers;
  const std::uint64_t events = setup.small ? 160 : 64'000;
  const Load::Size many{publishers, events / publishers, 1};
  Contenders contenders;
  for (const Load::Size& size : {many, Load::Size{1, events / 32, 1}}) {
    contenders.push_back(std::make_unique<MeasuredBy>(Role::kHub, "hub, " + counted(size.partners),
                                                      [=] { return measure_hub(setup, size); }));
  }
  for (const bool preallocated : {false, true}) {
    contenders.push_back(std::make_unique<MeasuredBy>(
        Role::kLimit,
        std::string("one appending fdatasync") + (preallocated ? ", blocks preallocated" : ""),
        [=] { return measure_disk(setup, events / 32, preallocated); }));
  }
  const PeerPrograms programs{setup.peers};
  for (const IngestPeerKind& kind :
       {redis_peer(programs, RedisSync::kAlways), postgres_peer(programs, PostgresWrite::kInsert),
        jetstream_peer(programs, 1)}) {
    contenders.push_back(peer_contender(kind.name + ", " + counted(publishers), kind.missing,
                                        [=] { return measure_peer(setup, kind, many); }));
  }
  return contenders;
}

}  // namespace commonwatch::bench
