// ingest and ingest_latency: from publish to the acknowledgement of what is durable.
#include "bench/clock.h"
#include "bench/disk_limits.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::uint32_t kPartners = 8;
constexpr std::uint64_t kBatchEvents = 500;
// One batch of each partner a sync, and as much as the hub puts into one commit.
constexpr std::uint64_t kGroups[] = {kPartners, 80};
constexpr std::chrono::seconds kFoldMax(300);

const char* const kEventsPerSecond = "events/s";

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
          {"hub CPU s / million events", cpu / events * 1e6}};
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

Sample latency_of(const Histogram& latency, double took) {
  return {{"p50 ms", latency.quantile_ms(0.5)},
          {"p99 ms", latency.quantile_ms(0.99)},
          {kEventsPerSecond, static_cast<double>(latency.count()) / took}};
}

std::unique_ptr<Contender> latency_of_hub(const Setup& setup, std::uint32_t publishers,
                                          std::uint64_t events_each) {
  const std::string name =
      "hub, " + std::to_string(publishers) + (publishers == 1 ? " publisher" : " publishers");
  return std::make_unique<MeasuredBy>(Role::kHub, name, [=]() -> Sample {
    const TemporaryDirectory directory(setup.directory);
    HubProcess hub(setup.hub, directory.path() / "data", "");
    Sample sample;
    {
      Loop loop;
      Load load(loop, hub.port(), {publishers, events_each, 1}, Publisher::Flow::kOneInFlight);
      const double took = load.run();
      sample = latency_of(load.latency(), took);
    }
    hub.stop();
    return sample;
  });
}

}  // namespace

Contenders make_ingest(const Setup& setup) {
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
  return contenders;
}

Contenders make_ingest_latency(const Setup& setup) {
  const std::uint32_t publishers = setup.small ? 8 : setup.publishers;
  const std::uint64_t events = setup.small ? 160 : 64'000;
  Contenders contenders;
  contenders.push_back(latency_of_hub(setup, publishers, events / publishers));
  contenders.push_back(latency_of_hub(setup, 1, events / 32));
  for (const bool preallocated : {false, true}) {
    const std::string name =
        std::string("one appending fdatasync") + (preallocated ? ", blocks preallocated" : "");
    contenders.push_back(std::make_unique<MeasuredBy>(Role::kLimit, name, [=]() -> Sample {
      const TemporaryDirectory directory(setup.directory);
      const std::uint64_t began = now_ns();
      const Histogram latency =
          append_latency(directory.path(), kEventBytes, events / 32, preallocated);
      return latency_of(latency, seconds_since(began));
    }));
  }
  return contenders;
}

}  // namespace commonwatch::bench
