// growth_log: what a hub takes that has more or less behind it: to take more, and to start.
#include <optional>

#include "bench/audiences.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

constexpr std::uint32_t kPartners = 8;
constexpr std::uint64_t kBatchEvents = 500;
// Published together, so that their frames fit into memory.
constexpr std::uint64_t kSlice = 400'000;
constexpr std::uint64_t kMeasured = 40'000;

// Its events are of a partner that shares with nobody, so that the fold of them is no part of it.
class GrowingLog {
 public:
  explicit GrowingLog(const Setup& setup) : setup_(setup) {}

  Sample measure(std::uint64_t events) {
    if (!directory_ || events < events_) begin();
    const std::uint64_t measured = setup_.small ? kPartners * kBatchEvents : kMeasured;
    double took = 0;
    double cpu = 0;
    {
      HubProcess hub(setup_.hub, data(), settings());
      while (events_ < events) publish(hub, std::min(kSlice, events - events_));
      const double before = hub.cpu_seconds();
      took = publish(hub, measured);
      cpu = hub.cpu_seconds() - before;
      hub.stop();  // with a checkpoint
    }
    { const HubProcess killed(setup_.hub, data(), settings()); }
    const HubProcess hub(setup_.hub, data(), settings());
    require(hub.metric("commonwatch_log_events") >= static_cast<double>(events_),
            "the restarted hub does not have what was acknowledged");
    return {{"events/s", static_cast<double>(measured) / took},
            {"CPU s / million events", cpu / static_cast<double>(measured) * 1e6},
            {"s until ready after kill -9", hub.ready_seconds()},
            {"CPU s until ready", hub.cpu_seconds()}};
  }

 private:
  std::filesystem::path data() const { return directory_->path() / "data"; }
  std::string settings() const {
    return "[limits]\nrefold_events_max = 0\n" + audience_settings(directory_->path(), 1, false);
  }
  void begin() {
    directory_.emplace(setup_.directory);
    events_ = 0;
    sources_ = 0;
  }
  // About as many; seconds.
  double publish(const HubProcess& hub, std::uint64_t events) {
    Loop loop;
    const std::uint64_t each = std::max(kBatchEvents, events / kPartners);
    Load load(loop, hub.port(), {kPartners, each, kBatchEvents, kSilentPartner, sources_},
              Publisher::Flow::kCredit);
    sources_ += kPartners;
    events_ += load.events();
    return load.run();
  }

  Setup setup_;
  std::optional<TemporaryDirectory> directory_;
  std::uint64_t events_ = 0;
  std::uint32_t sources_ = 0;
};

}  // namespace

Contenders make_growth_log(const Setup& setup) {
  std::vector<std::uint64_t> sizes;
  const std::uint64_t largest = setup.small ? 40'000 : setup.older_events;
  for (std::uint64_t size = 10'000; size <= largest; size *= setup.small ? 4 : 10) {
    sizes.push_back(size);
  }
  const auto log = std::make_shared<GrowingLog>(setup);
  return curve(sizes, "events in the log",
               [=](std::uint64_t events) { return log->measure(events); });
}

}  // namespace commonwatch::bench
