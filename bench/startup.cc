// startup: until a hub is ready that was killed, by the length of its log.
#include "bench/audiences.h"
#include "bench/clock.h"
#include "bench/engine_city.h"
#include "bench/events.h"
#include "bench/hub_process.h"
#include "bench/load.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"

namespace commonwatch::bench {
namespace {

struct StartupSize {
  std::size_t incidents = 100'000;  // of the last year
  std::uint64_t older = 0;
  std::uint64_t slice = 400'000;  // of the older ones, published together
  std::uint32_t minute_s = 55;    // that the checkpoint is old; another one is written after 60
};

constexpr std::uint32_t kAudiences = 3;
constexpr std::size_t kPlaces = 1500;
constexpr std::size_t kYearDays = 365;
constexpr std::uint32_t kPartners = 8;
constexpr std::uint64_t kBatchEvents = 500;
constexpr std::uint32_t kEventsASecond = 20;
constexpr std::chrono::seconds kPublishMax(600);

// Calibrations are of fewer simulated days: they come after a start. So that a hub that is younger
// than its ring starts from its last checkpoint, as an older one does.
std::string settings_of(const std::filesystem::path& directory) {
  return "[hotspot]\nnull_days = 3650\n[limits]\nrefold_events_max = 20000\n" +
         audience_settings(directory, kAudiences, true);
}

std::int64_t seconds_of(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

// Incidents of the last year, each reported once.
std::vector<std::string> make_year(std::size_t incidents) {
  EngineCity city(kPlaces, 1);
  const Instant now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::vector<std::string> events;
  for (const CityReport& report : city.backlog(now, kYearDays, incidents)) {
    events.push_back(encode_event(events.size() + 1, {report.incident->cell.center(),
                                                      seconds_of(report.incident->occurred)}));
  }
  return events;
}

// What the one partner whose events are shown sends.
class Feed {
 public:
  Feed(Loop& loop, std::uint16_t port)
      : loop_(loop),
        publisher_(loop, port, std::string(kSharingPartner) + "/cad", Publisher::Flow::kCredit,
                   token_of(kSharingPartner)) {
    loop_.run_until("opening the feed", kPublishMax, [&] { return publisher_.open(); });
    sent_ = publisher_.acknowledged();
  }
  void send(const std::vector<std::string>& events) {
    for (std::size_t at = 0; at < events.size(); at += kBatchEvents) {
      const auto begin = events.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = begin + static_cast<std::ptrdiff_t>(
                                   std::min<std::size_t>(kBatchEvents, events.size() - at));
      const std::vector<std::string> batch(begin, end);
      publisher_.enqueue(
          {publish_frame(publisher_.source(), sent_ + 1, batch), sent_ + batch.size()});
      sent_ += batch.size();
    }
    publisher_.pump();
    loop_.run_until("publishing", kPublishMax, [&] { return publisher_.is_idle(); });
  }

 private:
  Loop& loop_;
  Publisher publisher_;
  std::uint64_t sent_ = 0;
};

void wait_until_folded(const HubProcess& hub) {
  Loop loop;
  loop.run_until("folding", kPublishMax,
                 [&] { return hub.metric("commonwatch_fold_lag_events") == 0; });
}

// A hub's data directory, as it is when the hub was killed a minute after its last checkpoint.
class KilledHub {
 public:
  KilledHub(const Setup& setup, const StartupSize& size)
      : hub_(setup.hub), directory_(setup.directory), size_(size) {}

  Sample start() {
    if (events_ == 0) fill();
    HubProcess hub(hub_, data(), settings_of(directory_.path()));
    const double cpu = hub.cpu_seconds();
    require(hub.metric("commonwatch_log_events") == events_ &&
                hub.metric("commonwatch_incidents") == incidents_,
            "the restarted hub does not have what the killed one had");
    return {{"s until ready", hub.ready_seconds()},
            {"CPU s until ready", cpu},
            {"resident MB", static_cast<double>(hub.resident_bytes()) / (1 << 20)},
            {"million events in the log", events_ / 1e6}};
  }

 private:
  std::filesystem::path data() const { return directory_.path() / "data"; }

  void fill() {
    {
      HubProcess hub(hub_, data(), settings_of(directory_.path()));
      publish_history(hub);
      wait_until_folded(hub);
      hub.stop();  // with a checkpoint
    }
    HubProcess hub(hub_, data(), settings_of(directory_.path()));
    publish_minute(hub);
    wait_until_folded(hub);
    events_ = hub.metric("commonwatch_log_events");
    incidents_ = hub.metric("commonwatch_incidents");
  }

  void publish_history(const HubProcess& hub) const {
    {
      Loop loop;
      Feed(loop, hub.port()).send(make_year(size_.incidents));
    }
    std::uint32_t source = 0;
    for (std::uint64_t done = 0; done < size_.older; done += size_.slice) {
      Loop loop;
      Load(loop, hub.port(),
           {kPartners, size_.slice / kPartners, kBatchEvents, kSilentPartner, source},
           Publisher::Flow::kCredit)
          .run();
      source += kPartners;
    }
  }

  // Life goes on.
  void publish_minute(const HubProcess& hub) const {
    Loop loop;
    Feed feed(loop, hub.port());
    EngineCity city(kPlaces, 1);
    std::uint64_t number = size_.incidents;
    for (std::uint32_t second = 0; second < size_.minute_s; ++second) {
      const std::uint64_t began = now_ns();
      const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
      std::vector<std::string> events;
      for (const CityReport& report : city.backlog(now, 1, kEventsASecond)) {
        events.push_back(encode_event(
            ++number, {report.incident->cell.center(), seconds_of(report.incident->occurred)}));
      }
      feed.send(events);
      while (seconds_since(began) < 1) loop.poll(std::chrono::milliseconds(20));
    }
  }

  std::filesystem::path hub_;
  TemporaryDirectory directory_;
  StartupSize size_;
  double events_ = 0;
  double incidents_ = 0;
};

}  // namespace

Contenders make_startup(const Setup& setup) {
  StartupSize size;
  if (setup.small) size = {500, 0, 4'000, 1};
  Contenders contenders;
  for (const std::uint64_t older : {setup.small ? 8'000 : setup.older_events, std::uint64_t{0}}) {
    size.older = older;
    const auto killed = std::make_shared<KilledHub>(setup, size);
    contenders.push_back(std::make_unique<MeasuredBy>(
        older == 0 ? Role::kLimit : Role::kHub, older == 0 ? "hub without older events" : "hub",
        [=] { return killed->start(); }));
  }
  return contenders;
}

}  // namespace commonwatch::bench
