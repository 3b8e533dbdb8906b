// replay_scan: a stored log to one analyst, as fast as the analyst reads.
#include <thread>

#include "bench/analyst.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/peers/jetstream_replay.h"
#include "bench/scan_limits.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::uint32_t kPartners = 8;
constexpr std::uint64_t kBatchEvents = 500;
// Of a JetStream message that is to be large: 16 KB.
constexpr std::uint64_t kLargeMessageEvents = 80;
constexpr std::chrono::seconds kConnectMax(30);
// No processor time of the hub in so long: it does nothing by itself.
constexpr std::chrono::milliseconds kIdle(300);

// Every partner has whole batches and whole messages.
constexpr std::uint64_t kWhole = kPartners * kLargeMessageEvents;

// A log that is written once and replayed in every round, and a copy of it for the scans.
class StoredLog {
 public:
  StoredLog(const Setup& setup, std::uint64_t events)
      : directory_(setup.directory), events_(events) {
    {
      HubProcess hub(setup.hub, directory_.path() / "data", "");
      publish(hub, events);
      hub.stop();
    }
    std::filesystem::copy(directory_.path() / "data", copy(),
                          std::filesystem::copy_options::recursive);
    hub_ = std::make_unique<HubProcess>(setup.hub, directory_.path() / "data", "");
    wait_until_idle();
  }

  Sample replay() {
    Loop loop;
    Analyst analyst(loop, hub_->port());
    loop.run_until("connecting", kConnectMax, [&] { return analyst.open(); });
    const double cpu_before = hub_->cpu_seconds();
    const double took = analyst.replay(events_);
    const double cpu = hub_->cpu_seconds() - cpu_before;
    page_bytes_ = analyst.page_bytes();
    return {rate(took), {"CPU s / million events", cpu / count() * 1e6}};
  }
  std::pair<std::string, double> rate(double took) const { return {"events/s", count() / took}; }

  std::filesystem::path copy() const { return directory_.path() / "copy"; }
  std::uint64_t events() const { return events_; }
  const std::vector<std::size_t>& page_bytes() const { return page_bytes_; }

 private:
  // Disconnects at its end, so that the hub waits for nobody when it is stopped.
  static void publish(const HubProcess& hub, std::uint64_t events) {
    Loop loop;
    Load load(loop, hub.port(), {kPartners, events / kPartners, kBatchEvents},
              Publisher::Flow::kCredit);
    load.run();
  }
  // A hub that has started writes a checkpoint, of this log for seconds.
  void wait_until_idle() const {
    for (double before = -1; before != hub_->cpu_seconds();) {
      before = hub_->cpu_seconds();
      std::this_thread::sleep_for(kIdle);
    }
  }
  double count() const { return static_cast<double>(events_); }

  TemporaryDirectory directory_;
  std::uint64_t events_;
  std::unique_ptr<HubProcess> hub_;
  std::vector<std::size_t> page_bytes_;
};

}  // namespace

Contenders make_replay_scan(const Setup& setup) {
  const std::uint64_t events = (setup.small ? 8'000 : setup.replay_events) / kWhole * kWhole;
  const auto log = std::make_shared<StoredLog>(setup, events);
  Contenders contenders;
  contenders.push_back(
      std::make_unique<MeasuredBy>(Role::kHub, "hub", [=] { return log->replay(); }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kLimit, "RocksDB iterator",
      [=]() -> Sample { return {log->rate(scan_database(log->copy(), events * kEventBytes))}; }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kLimit, "log read and decoded",
      [=]() -> Sample { return {log->rate(scan_log(log->copy(), events))}; }));
  contenders.push_back(std::make_unique<MeasuredBy>(
      Role::kLimit, "memcpy of the pages",
      [=]() -> Sample { return {log->rate(copy_pages(log->page_bytes()))}; }));
  const PeerPrograms programs{setup.peers};
  for (const std::uint64_t message_events : {std::uint64_t{1}, kLargeMessageEvents}) {
    const auto stream = std::make_shared<JetStreamReplay>(
        programs, setup.directory, StoredStream{events, kPartners, message_events});
    const IngestPeerKind kind = jetstream_peer(programs, message_events);
    contenders.push_back(
        peer_contender(kind.name, kind.missing, [=] { return stream->measure(); }));
  }
  return contenders;
}

}  // namespace commonwatch::bench
