// engine_live and engine_burst: events a second through the engine with all zones and scores, on one
// core, beside a plain hash-map version that finds the same. engine_city: what a city of a thousand
// incidents a day costs: memory, and the longest ticks.
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bench/clock.h"
#include "bench/engine_city.h"
#include "bench/incomplete.h"
#include "bench/plain_engine.h"
#include "bench/workload.h"
#include "hub/hotspot/engine.h"

namespace commonwatch::bench {
namespace {

using std::chrono::days;
using std::chrono::hours;

const Instant kYearFrom = *parse_rfc3339("2025-01-01T00:00:00Z");
constexpr int kHistoryDays = 375;  // the trailing period and the guard

struct EngineSize {
  std::size_t places = 1500;
  double incidents_a_day = 300;  // sixty times Montgomery County's
  int history_days = kHistoryDays;
  int live_days = 10;
  std::size_t backlog = 200'000;
  std::size_t events_a_tick = 1000;
};

// What is fed: a year, then what is measured.
struct Feed {
  std::vector<CityReport> history;
  Instant begin{};  // the year's end
  std::vector<CityReport> measured;
};

Feed make_feed(const EngineSize& size, bool burst) {
  EngineCity city(size.places, size.incidents_a_day);
  Feed feed;
  feed.begin = kYearFrom + days(size.history_days) + hours(10);
  feed.history = city.stream(kYearFrom, size.history_days);
  std::erase_if(feed.history,
                [&](const CityReport& report) { return report.recorded > feed.begin; });
  feed.measured = burst ? city.backlog(feed.begin, size.history_days, size.backlog)
                        : city.stream(feed.begin, size.live_days);
  return feed;
}

// The same calls for both engines.
class HubEngine {
 public:
  HubEngine() {
    partners_.index_of("bench");
    engine_.emplace(hotspot::Settings{}, partners_);
  }
  void apply(const CityReport& report) { engine_->apply(report.key, report.incident); }
  void apply(const hotspot::Calibration& calibration) { engine_->apply(calibration); }
  void advance(Instant as_of) { engine_->advance(model::Version(++version_), as_of); }
  std::vector<PlainFinding> findings() const {
    std::vector<PlainFinding> all;
    for (const hotspot::Finding& finding : engine_->findings()) {
      const model::Hotspot& hotspot = finding.hotspot;
      all.push_back({hotspot.id, hotspot.window_hours, hotspot.count, hotspot.expected,
                     hotspot.score});
    }
    return all;
  }
  const hotspot::Engine& engine() const { return *engine_; }

 private:
  model::NameTable partners_;
  std::optional<hotspot::Engine> engine_;
  std::uint64_t version_ = 0;
};

class PlainFed {
 public:
  void apply(const CityReport& report) { engine_.apply(report.key, report.incident); }
  void apply(const hotspot::Calibration& calibration) { engine_.apply(calibration); }
  void advance(Instant as_of) { engine_.advance(as_of); }
  const std::vector<PlainFinding>& findings() const { return engine_.findings(); }

 private:
  PlainEngine engine_{hotspot::Settings{}};
};

// How long each tick took.
class Ticks {
 public:
  template <class Fed>
  void advance(Fed& fed, Instant as_of) {
    const std::uint64_t began = now_ns();
    fed.advance(as_of);
    took_.push_back(static_cast<double>(now_ns() - began) / 1e6);
  }
  double quantile_ms(double share) {
    std::sort(took_.begin(), took_.end());
    return took_[static_cast<std::size_t>(share * static_cast<double>(took_.size() - 1))];
  }

 private:
  std::vector<double> took_;
};

// What was found, tick by tick; by whoever is measured first.
using Trace = std::vector<std::vector<PlainFinding>>;

void note(Trace& trace, std::size_t tick, const std::vector<PlainFinding>& findings, bool first) {
  if (first) {
    trace.push_back(findings);
  } else {
    require(tick < trace.size() && trace[tick] == findings,
            "the plain engine found something else at tick " + std::to_string(tick));
  }
}

template <class Fed>
void load(Fed& fed, const Feed& feed) {
  fed.apply(EngineCity::calibration());
  for (const CityReport& report : feed.history) fed.apply(report);
  fed.advance(feed.begin);
}

// A tick behind every report and at every hour.
template <class Fed>
Sample measure_live(const Feed& feed, Trace& trace, bool first) {
  Fed fed;
  load(fed, feed);
  Ticks of_reports;
  Ticks of_hours;
  std::size_t tick = 0;
  std::uint64_t in_hours = 0;
  Instant next_hour = std::chrono::floor<hours>(feed.begin) + hours(1);
  const std::uint64_t began = now_ns();
  for (const CityReport& report : feed.measured) {
    const std::uint64_t before_hours = now_ns();
    for (; next_hour <= report.recorded; next_hour += hours(1)) of_hours.advance(fed, next_hour);
    in_hours += now_ns() - before_hours;
    fed.apply(report);
    of_reports.advance(fed, std::max(feed.begin, report.recorded));
    if (tick % 64 == 0) note(trace, tick / 64, fed.findings(), first);
    ++tick;
  }
  const double took = seconds_since(began);
  const auto events = static_cast<double>(feed.measured.size());
  return {{"events/s", events / took},
          {"events/s between hours", events / (took - static_cast<double>(in_hours) / 1e9)},
          {"tick of a report p99 ms", of_reports.quantile_ms(0.99)},
          {"tick of an hour p50 ms", of_hours.quantile_ms(0.5)},
          {"longest tick ms", std::max(of_hours.quantile_ms(1), of_reports.quantile_ms(1))}};
}

// A year's backlog of a partner, in any order: a tick of 250 ms takes many.
template <class Fed>
Sample measure_burst(const Feed& feed, std::size_t events_a_tick, Trace& trace, bool first) {
  Fed fed;
  load(fed, feed);
  Ticks ticks;
  std::size_t tick = 0;
  Instant now = feed.begin;
  const std::uint64_t began = now_ns();
  for (std::size_t i = 0; i < feed.measured.size(); ++i) {
    fed.apply(feed.measured[i]);
    if ((i + 1) % events_a_tick != 0) continue;
    now += std::chrono::milliseconds(250);
    ticks.advance(fed, now);
    note(trace, tick++, fed.findings(), first);
  }
  const double took = seconds_since(began);
  return {{"events/s", static_cast<double>(feed.measured.size()) / took},
          {"tick p50 ms", ticks.quantile_ms(0.5)},
          {"longest tick ms", ticks.quantile_ms(1)}};
}

double allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

Sample measure_city(const EngineSize& size) {
  const Feed feed = make_feed(size, false);
  const double before = allocated_bytes();
  HubEngine fed;
  load(fed, feed);
  const double allocated = allocated_bytes() - before;
  const auto incidents = static_cast<double>(fed.engine().incidents());
  const double estimated = static_cast<double>(fed.engine().bytes());
  Ticks all;
  Ticks of_hours;
  Ticks of_days;
  Instant next_hour = std::chrono::floor<hours>(feed.begin) + hours(1);
  for (const CityReport& report : feed.measured) {
    for (; next_hour <= report.recorded; next_hour += hours(1)) {
      const bool day = std::chrono::floor<days>(next_hour) == next_hour;
      (day ? of_days : of_hours).advance(fed, next_hour);
    }
    fed.apply(report);
    all.advance(fed, std::max(feed.begin, report.recorded));
  }
  return {{"incidents", incidents},
          {"bytes an incident, allocated", allocated / incidents},
          {"bytes an incident, by its own estimate", estimated / incidents},
          {"tick of a report p50 ms", all.quantile_ms(0.5)},
          {"tick of a report p99 ms", all.quantile_ms(0.99)},
          {"tick of a report longest ms", all.quantile_ms(1)},
          {"tick of an hour p50 ms", of_hours.quantile_ms(0.5)},
          {"tick of an hour longest ms", of_hours.quantile_ms(1)},
          {"tick of a day longest ms", of_days.quantile_ms(1)}};
}

Contenders make(const Setup& setup, bool burst) {
  EngineSize size;
  if (setup.small) size = {150, 12, kHistoryDays, 12, 1500, 100};
  const auto feed = std::make_shared<Feed>();
  const auto trace = std::make_shared<Trace>();
  const auto fed = [=]() -> const Feed& {
    if (feed->history.empty()) *feed = make_feed(size, burst);
    return *feed;
  };
  Contenders contenders;
  contenders.push_back(std::make_unique<MeasuredBy>(Role::kHub, "engine", [=] {
    trace->clear();
    return burst ? measure_burst<HubEngine>(fed(), size.events_a_tick, *trace, true)
                 : measure_live<HubEngine>(fed(), *trace, true);
  }));
  contenders.push_back(std::make_unique<MeasuredBy>(Role::kPeer, "plain hash map", [=] {
    return burst ? measure_burst<PlainFed>(fed(), size.events_a_tick, *trace, false)
                 : measure_live<PlainFed>(fed(), *trace, false);
  }));
  return contenders;
}

}  // namespace

Contenders make_engine_live(const Setup& setup) { return make(setup, false); }
Contenders make_engine_burst(const Setup& setup) { return make(setup, true); }

Contenders make_engine_city(const Setup& setup) {
  EngineSize size;
  size.incidents_a_day = 1000;
  if (setup.small) size = {150, 12, kHistoryDays, 3, 0, 0};
  Contenders contenders;
  contenders.push_back(
      std::make_unique<MeasuredBy>(Role::kHub, "engine", [=] { return measure_city(size); }));
  return contenders;
}

}  // namespace commonwatch::bench
