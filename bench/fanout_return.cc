// fanout_return: all subscribers come back at once after a restart, while a partner goes on
// publishing.
#include <atomic>
#include <thread>

#include "bench/clock.h"
#include "bench/fanout_load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::chrono::seconds kConnectMax(120);
// Connections that are opened before the first of them is answered; fewer than may wait to be
// accepted.
constexpr std::uint32_t kWave = 2048;
constexpr double kMegabyte = 1 << 20;

// A partner that publishes a batch each tick, on a thread of its own, until it is told to stop.
class Partner {
 public:
  Partner(std::uint16_t port, const FanoutSize& size)
      : thread_([this, port, size] { run(port, size); }) {}
  ~Partner() { finish(); }

  // What its acknowledgements took.
  const Histogram& finish() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
    return latency_;
  }
  bool failed() const { return failed_; }
  bool has_begun() const { return begun_; }

 private:
  void run(std::uint16_t port, const FanoutSize& size) try {
    Loop loop;
    Publisher publisher(loop, port, "bench/cad", Publisher::Flow::kCredit);
    loop.run_until("opening the feed", kConnectMax, [&] { return publisher.open(); });
    auto feed = make_feed(publisher.source(), places_in_one_tile(size.hotspots, kHotspotLevel),
                          size.batches);
    std::uint64_t due = now_ns();
    for (std::size_t next = 0; next < feed.size() && !stopped_; ++next) {
      publisher.enqueue(std::move(feed[next]));
      publisher.pump();
      begun_ = true;
      due += size.tick_ms * 1'000'000ULL;
      while (now_ns() < due && !stopped_) loop.poll(std::chrono::milliseconds(5));
    }
    loop.run_until("the last acknowledgement", kConnectMax, [&] { return publisher.is_idle(); });
    latency_ = publisher.latency();
  } catch (const Incomplete&) {
    failed_ = true;
  }

  std::atomic<bool> stopped_{false};
  std::atomic<bool> begun_{false};
  std::atomic<bool> failed_{false};
  Histogram latency_;
  std::thread thread_;
};

Sample measure(const Setup& setup, const FanoutSize& size) {
  const TemporaryDirectory directory(setup.directory);
  const auto data = directory.path() / "data";
  {
    HubProcess before(setup.hub, data, fanout_settings(size.tick_ms));
    {
      Loop loop;
      teach(loop, before);
    }
    before.stop();
  }
  HubProcess hub(setup.hub, data, fanout_settings(size.tick_ms));
  Sample sample;
  {
    Partner partner(hub.port(), size);
    const auto publishes = [&] { return partner.has_begun() || partner.failed(); };
    Loop loop;
    loop.run_until("the partner's first batch", kConnectMax, publishes);
    const auto resident = static_cast<double>(hub.resident_bytes());
    const std::uint64_t began = now_ns();
    const Audience audience(loop, hub.port(), size.subscribers, kWave);
    const double took = seconds_since(began);
    const Histogram& latency = partner.finish();
    require(!partner.failed() && latency.count() > 0, "the partner could not publish meanwhile");
    sample = {{"seconds until all are current", took},
              {"acknowledged meanwhile p50 ms", latency.quantile_ms(0.5)},
              {"acknowledged meanwhile p99 ms", latency.quantile_ms(0.99)},
              {"resident KB more at the most / subscriber",
               (static_cast<double>(hub.peak_bytes()) - resident) / size.subscribers / 1024}};
  }
  hub.stop();
  return sample;
}

}  // namespace

Contenders make_fanout_return(const Setup& setup) {
  FanoutSize size{10 * setup.subscribers, 200, 1000, 120};
  if (setup.small) size = {50, 20, 50, 100};
  Contenders contenders;
  contenders.push_back(
      std::make_unique<MeasuredBy>(Role::kHub, "hub", [=] { return measure(setup, size); }));
  return contenders;
}

}  // namespace commonwatch::bench
