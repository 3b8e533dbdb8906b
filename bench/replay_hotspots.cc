// replay_hotspots: a year of a county, as it was shown, to one analyst: the log goes through a
// second engine.
#include <set>

#include "bench/analyst.h"
#include "bench/clock.h"
#include "bench/engine_calls.h"
#include "bench/engine_city.h"
#include "bench/events.h"
#include "bench/hub_process.h"
#include "bench/publisher.h"
#include "bench/temporary_directory.h"
#include "bench/workload.h"
#include "hub/wire/hub_event.h"

namespace commonwatch::bench {
namespace {

constexpr std::size_t kPlaces = 1500;
// Six times Montgomery County's.
constexpr double kIncidentsADay = 30;
constexpr std::chrono::seconds kConnectMax(30);
constexpr std::chrono::seconds kPublishMax(600);
const Instant kYearFrom = *parse_rfc3339("2025-01-01T00:00:00Z");

// Recorded time follows what is reported. A calibration by fewer simulated days: what it costs is
// no part of a replay.
constexpr const char* kSettings = "[hub]\nclock = \"events\"\n[hotspot]\nnull_days = 3650\n";

hotspot::Settings engine_settings() {
  hotspot::Settings settings;
  settings.null_days = 3650;
  return settings;
}

// An event a batch, in the order in which they become known.
std::vector<Batch> make_year(const std::string& source, int days) {
  EngineCity city(kPlaces, kIncidentsADay);
  std::set<model::RecordKey> seen;
  std::vector<Batch> batches;
  std::uint64_t sequence = 0;
  for (const CityReport& report : city.stream(kYearFrom, days)) {
    if (!report.incident || !seen.insert(report.key).second) continue;
    const auto second = std::chrono::floor<std::chrono::seconds>(report.incident->occurred);
    const Happening happening{report.incident->cell.center(), second.time_since_epoch().count()};
    ++sequence;
    batches.push_back(
        {publish_frame(source, sequence, {encode_event(sequence, happening)}), sequence});
  }
  return batches;
}

class StoredYear {
 public:
  StoredYear(const Setup& setup, int days) : directory_(setup.directory), days_(days) {
    {
      HubProcess hub(setup.hub, directory_.path() / "data", kSettings);
      publish(hub);
      hub.stop();
    }
    std::filesystem::copy(directory_.path() / "data", directory_.path() / "copy",
                          std::filesystem::copy_options::recursive);
    hub_ = std::make_unique<HubProcess>(setup.hub, directory_.path() / "data", kSettings);
    storage::LogOptions options;
    options.directory = directory_.path() / "copy";
    options.clock_mode = storage::ClockMode::kEvents;
    options.end_payload = wire::encode_hub_event(wire::End{});
    log_ = std::make_unique<FoldedLog>(options, engine_settings());
    calls_ = record_calls(*log_);
  }

  Sample replay() {
    Loop loop;
    Analyst analyst(loop, hub_->port());
    loop.run_until("connecting", kConnectMax, [&] { return analyst.open(); });
    const double cpu_before = hub_->cpu_seconds();
    const double took = analyst.replay_hotspots();
    const double cpu = hub_->cpu_seconds() - cpu_before;
    deltas_ = analyst.count();
    return sample_of(took, cpu);
  }
  Sample fold() {
    const std::uint64_t began = now_ns();
    const double cpu_before = cpu_seconds();
    const std::uint64_t deltas = log_->fold();
    const double cpu = cpu_seconds() - cpu_before;
    const double took = seconds_since(began);
    require(deltas == deltas_, "the fold gave " + std::to_string(deltas) +
                                   " deltas, and the hub's replay " + std::to_string(deltas_));
    return sample_of(took, cpu);
  }
  Sample ask() {
    const double cpu_before = cpu_seconds();
    const double took = ask_engine(calls_, engine_settings());
    return sample_of(took, cpu_seconds() - cpu_before);
  }

 private:
  // Disconnects at its end, so that the last ticks are given out.
  void publish(const HubProcess& hub) const {
    Loop loop;
    Publisher publisher(loop, hub.port(), "bench/cad", Publisher::Flow::kCredit);
    for (Batch& batch : make_year(publisher.source(), days_)) publisher.enqueue(std::move(batch));
    loop.run_until("opening", kConnectMax, [&] { return publisher.open(); });
    publisher.pump();
    loop.run_until("publishing a year", kPublishMax, [&] {
      publisher.open();
      return publisher.is_idle();
    });
  }
  Sample sample_of(double took, double cpu) const {
    return {{"days/s", days_ / took}, {"CPU s / year", cpu * 365 / days_}};
  }

  TemporaryDirectory directory_;
  int days_;
  std::unique_ptr<HubProcess> hub_;
  std::unique_ptr<FoldedLog> log_;
  EngineCalls calls_;
  std::uint64_t deltas_ = 0;
};

}  // namespace

Contenders make_replay_hotspots(const Setup& setup) {
  const auto year = std::make_shared<StoredYear>(setup, setup.small ? 40 : 365);
  Contenders contenders;
  contenders.push_back(
      std::make_unique<MeasuredBy>(Role::kHub, "hub", [=] { return year->replay(); }));
  contenders.push_back(
      std::make_unique<MeasuredBy>(Role::kLimit, "the engine alone", [=] { return year->ask(); }));
  contenders.push_back(std::make_unique<MeasuredBy>(Role::kLimit, "the fold of the log alone",
                                                    [=] { return year->fold(); }));
  return contenders;
}

}  // namespace commonwatch::bench
