#include <stdlib.h>

#include <algorithm>
#include <map>
#include <thread>

#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/publish_report.h"
#include "clients/cli/signals.h"
#include "clients/cli/text_values.h"

namespace commonwatch::cli {
namespace {

// A spool of its own for every run: a made-up city needs no state, the seed makes it again.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "commonwatch-simulate-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw InputError("cannot create a temporary directory " + pattern);
    }
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The agencies, each with a publisher.
class Agencies {
 public:
  Agencies(const GlobalOptions& global, const SimulateOptions& options, PublishReport& report,
           Terminal& terminal) {
    for (const auto& source : City::sources()) {
      const bool wanted = options.agencies.empty() ||
                          std::ranges::find(options.agencies, source) != options.agencies.end();
      if (!wanted) continue;
      client::PublisherOptions made;
      made.connect = make_connect_options(global);
      made.source = source;
      made.spool = spool_.path() / source;
      made.retry_max = Milliseconds(300'000);
      client::PublisherListener listener;
      if (publishers_.empty()) listener.on_link = terminal.link_listener();
      listener.on_rejected = [&report](const auto& event) { report.rejected(event); };
      publishers_[source] = std::make_unique<client::Publisher>(std::move(made), listener);
    }
  }

  client::Result<void> publish(const SimulatedReport& told) {
    const auto publisher = publishers_.find(told.source);
    if (publisher == publishers_.end()) return {};
    return publisher->second->append(told.event, told.source);
  }

  client::Result<void> drain() {
    for (const auto& [source, publisher] : publishers_) {
      if (auto drained = publisher->drain(std::nullopt); !drained) return drained;
    }
    return {};
  }

  void stop() {
    for (const auto& [source, publisher] : publishers_) publisher->stop();
  }

  client::PublisherCounts counts() const {
    client::PublisherCounts sum;
    for (const auto& [source, publisher] : publishers_) {
      const auto counts = publisher->counts();
      sum.appended += counts.appended;
      sum.pending += counts.pending;
      sum.stored += counts.stored;
      sum.repeated += counts.repeated;
      sum.rejected += counts.rejected;
    }
    return sum;
  }

 private:
  TemporaryDirectory spool_;
  std::map<std::string, std::unique_ptr<client::Publisher>> publishers_;
};

// Lets reports out as fast as `speed` says: 0 at once, else city time divided by it.
class Pace {
 public:
  Pace(double speed, Instant start) : speed_(speed), start_(start) {}

  void wait_for(Instant reported) const {
    if (speed_ <= 0) return;
    const std::chrono::duration<double> city = reported - start_;
    const auto due =
        began_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(city / speed_);
    while (signal_received() == 0 && std::chrono::steady_clock::now() < due) {
      std::this_thread::sleep_until(
          std::min(due, std::chrono::steady_clock::now() + std::chrono::milliseconds(100)));
    }
  }

 private:
  const double speed_;
  const Instant start_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

CityOptions make_city_options(const SimulateOptions& options) {
  auto city = options.city;
  if (options.start_given) return city;
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  city.start = today - std::chrono::days(city.days);
  return city;
}

void tell_outbreaks(const City& city, Terminal& terminal) {
  for (const auto& outbreak : city.outbreaks()) {
    terminal.say("an outbreak of " + std::to_string(outbreak.incidents) + " from " +
                 time_text(to_timestamp(outbreak.begin)) + " to " +
                 time_text(to_timestamp(outbreak.end)) + " around " +
                 std::to_string(outbreak.centre.latitude) + "," +
                 std::to_string(outbreak.centre.longitude));
  }
}

client::Result<void> run_city(City& city, Agencies& agencies, const Pace& pace,
                              PublishReport& report) {
  while (signal_received() == 0) {
    const auto told = city.next();
    if (!told) break;
    pace.wait_for(told->reported_at);
    if (auto published = agencies.publish(*told); !published) return published;
    report.progress(agencies.counts());
  }
  return agencies.drain();
}

}  // namespace

int simulate(const GlobalOptions& global, const SimulateOptions& options, Terminal& terminal) {
  const auto city_options = make_city_options(options);
  PublishReport report(terminal, {});
  std::optional<City> city;
  try {
    city.emplace(city_options);
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
  tell_outbreaks(*city, terminal);
  Agencies agencies(global, options, report, terminal);
  const StopOnSignal stop([&agencies] { agencies.stop(); });
  const auto published = run_city(*city, agencies, Pace(options.speed, city_options.start), report);
  const auto counts = agencies.counts();
  report.summary(counts);
  if (!published && signal_received() == 0) {
    terminal.complain(published.error().message);
    return exit_code_of(published.error());
  }
  return report.all_fine(counts) ? kDone : kSomeRejected;
}

}  // namespace commonwatch::cli
