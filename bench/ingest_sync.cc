// ingest_sync: as many events as go through, acknowledged once they are durable.
#include "bench/clock.h"
#include "bench/disk_limits.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/peers/peer_load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::uint32_t kPartners = 8;
constexpr std::uint64_t kBatchEvents = 500;
// Of a JetStream message that is to be large: 16 KB.
constexpr std::uint64_t kLargeMessageEvents = 80;
// What a partner may have sent ahead of what is durable: the hub's credit by default.
constexpr std::uint64_t kInFlightEvents = 16'000;
// One batch of each partner a sync, and as much as the hub puts into one commit.
constexpr std::uint64_t kGroups[] = {kPartners, 80};
constexpr std::chrono::seconds kFoldMax(300);

const char* const kEventsPerSecond = "events/s";
const char* const kCpu = "CPU s / million events";

// Until everything durable is also in what is shown.
double wait_until_folded(const HubProcess& hub, Loop& loop) {
  const std::uint64_t began = now_ns();
  loop.run_until("folding", kFoldMax,
                 [&] { return hub.metric("commonwatch_fold_lag_events") == 0; });
  return seconds_since(began);
}

Sample ingest_by_hub(const Setup& setup, std::uint64_t events_each) {
  const TemporaryDirectory directory(setup.directory);
  HubProcess hub(setup.hub, directory.path() / "data", "");
  double took = 0;
  double cpu = 0;
  double folding = 0;
  {
    Loop loop;
    Load load(loop, hub.port(), {kPartners, events_each, kBatchEvents}, Publisher::Flow::kCredit);
    const double cpu_before = hub.cpu_seconds();
    took = load.run();
    cpu = hub.cpu_seconds() - cpu_before;
    folding = wait_until_folded(hub, loop);
  }
  hub.stop();
  const auto events = static_cast<double>(kPartners * events_each);
  return {{kEventsPerSecond, events / took},
          {"events/s until shown", events / (took + folding)},
          {kCpu, cpu / events * 1e6}};
}

using WriteSynced = double (*)(const std::filesystem::path&, const WriteLoad&);

std::unique_ptr<Contender> write_limit(const Setup& setup, std::uint64_t events, std::string name,
                                       std::uint64_t group, WriteSynced write) {
  const WriteLoad load{events / kBatchEvents, kBatchEvents * kEventBytes, group};
  name += ", " + std::to_string(group) + " batches a sync";
  return std::make_unique<MeasuredBy>(Role::kLimit, name, [=]() -> Sample {
    const TemporaryDirectory directory(setup.directory);
    return {{kEventsPerSecond, static_cast<double>(events) / write(directory.path(), load)}};
  });
}

Sample ingest_by_peer(const Setup& setup, const IngestPeerKind& kind, const Load::Size& size) {
  const TemporaryDirectory directory(setup.directory);
  const auto peer = kind.start(directory.path(), size.batch_events);
  Loop loop;
  PeerLoad load(loop, *peer, size, kInFlightEvents / size.batch_events);
  const double cpu_before = peer->process().cpu_seconds();
  const double took = load.run();
  const double cpu = peer->process().cpu_seconds() - cpu_before;
  const auto events = static_cast<double>(size.partners * size.events);
  return {{kEventsPerSecond, events / took}, {kCpu, cpu / events * 1e6}};
}

void add_peer(Contenders& contenders, const Setup& setup, const IngestPeerKind& kind,
              const Load::Size& size) {
  contenders.push_back(
      peer_contender(kind.name, kind.missing, [=] { return ingest_by_peer(setup, kind, size); }));
}

}  // namespace

Contenders make_ingest_sync(const Setup& setup) {
  const std::uint64_t events_each = setup.small ? 2'000 : 100'000;
  const std::uint64_t events = kPartners * events_each;
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kHub, "hub", [=] { return ingest_by_hub(setup, events_each); }));
  for (const std::uint64_t group : kGroups) {
    contenders.push_back(write_limit(setup, events, "RocksDB synced chunks", group, &put_synced));
  }
  for (const std::uint64_t group : kGroups) {
    contenders.push_back(write_limit(setup, events, "write and fdatasync", group, &append_synced));
  }
  const PeerPrograms programs{setup.peers};
  const Load::Size size{kPartners, events_each, kBatchEvents};
  add_peer(contenders, setup, jetstream_peer(programs, 1), size);
  add_peer(contenders, setup, jetstream_peer(programs, kLargeMessageEvents),
           {kPartners, events_each, kLargeMessageEvents});
  add_peer(contenders, setup, postgres_peer(programs, PostgresWrite::kCopy), size);
  add_peer(contenders, setup, postgres_peer(programs, PostgresWrite::kInsert), size);
  add_peer(contenders, setup, redis_peer(programs, RedisSync::kAlways), size);
  add_peer(contenders, setup, redis_peer(programs, RedisSync::kEverySecond), size);
  return contenders;
}

}  // namespace commonwatch::bench
