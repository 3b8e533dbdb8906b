// Sources that send, from a seed; and a run of them through the room, watched.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "hub/health/sources.h"

namespace commonwatch::health::test {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The standard's distributions differ between libraries; this does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return (static_cast<double>(engine_() >> 11U) + 0.5) * 0x1p-53; }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

struct Arrival {
  Instant recorded{};
  model::SourceName source;
  Instant occurred{};
};
using Arrivals = std::vector<Arrival>;

inline const Instant kStart = *parse_rfc3339("2025-01-06T00:00:00Z");  // a Monday

inline model::SourceName source(const std::string& text) {
  return model::SourceName::parse(text).value();
}

inline Instant after(Instant instant, double span_s) {
  return instant + Duration(static_cast<std::int64_t>(span_s * 1e6));
}

// Day and night as in the Montgomery data: five times as many at 21 h as at 5 h; the mean is 1.
inline double day_and_night(Instant at) {
  constexpr double kPi = 3.14159265358979323846;
  const auto in_day = at - std::chrono::floor<days>(at);
  const double hour = std::chrono::duration<double, std::ratio<3600>>(in_day).count();
  return 1 + 0.67 * std::cos(2 * kPi * (hour - 21) / 24);
}

// A Poisson process, thinned (Lewis and Shedler 1979); delays are exponential, of mean `delay_s`.
inline Arrivals steady(Random& random, const model::SourceName& name, Instant from, Instant to,
                       double per_day, double delay_s) {
  constexpr double kMost = 1.67;
  Arrivals arrivals;
  Instant at = from;
  while (true) {
    at = after(at, random.exponential(86'400 / (per_day * kMost)));
    if (at >= to) return arrivals;
    if (random.uniform() * kMost > day_and_night(at)) continue;
    arrivals.push_back({at, name, at - (after(kStart, random.exponential(delay_s)) - kStart)});
  }
}

inline void drop(Arrivals& arrivals, Instant from, Instant to) {
  std::erase_if(arrivals, [&](const Arrival& a) { return a.recorded >= from && a.recorded < to; });
}

inline void append(Arrivals& arrivals, const Arrivals& more) {
  arrivals.insert(arrivals.end(), more.begin(), more.end());
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Arrival& a, const Arrival& b) { return a.recorded < b.recorded; });
}

// When a state changed, and to which.
struct Change {
  Instant at{};
  model::HealthState state{};
};

// Feeds arrivals, and advances whenever the room says that something may change.
class Run {
 public:
  explicit Run(Settings settings = {}) : sources(settings) {}

  void feed(const Arrivals& arrivals, Instant until) {
    for (const Arrival& arrival : arrivals) {
      if (arrival.recorded >= until) break;
      catch_up(arrival.recorded);
      sources.receive(arrival.source, arrival.recorded, arrival.occurred);
    }
    catch_up(until);
  }
  void catch_up(Instant until) {
    while (sources.next_change() <= until) {
      const Instant at = sources.next_change();
      if (sources.advance(at)) note(at);
    }
  }
  const model::SourceHealth& of(const std::string& name) const {
    const auto& all = sources.health();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& health) { return health.name == name; });
    if (found == all.end()) throw std::out_of_range(name);
    return *found;
  }
  // How often a source became silent.
  int silences(const std::string& name) const {
    const auto found = changes.find(name);
    if (found == changes.end()) return 0;
    return static_cast<int>(std::count_if(
        found->second.begin(), found->second.end(),
        [](const Change& change) { return change.state == model::HealthState::kSilent; }));
  }
  // When a source came into the state, at or after `from`.
  std::optional<Instant> first(const std::string& name, model::HealthState state,
                               Instant from) const {
    const auto found = changes.find(name);
    if (found == changes.end()) return std::nullopt;
    for (const Change& change : found->second) {
      if (change.at >= from && change.state == state) return change.at;
    }
    return std::nullopt;
  }

  Sources sources;
  std::map<std::string, std::vector<Change>> changes;

 private:
  void note(Instant at) {
    for (const model::SourceHealth& health : sources.health()) {
      std::vector<Change>& known = changes[health.name];
      if (known.empty() || known.back().state != health.state) known.push_back({at, health.state});
    }
  }
};

inline double hours_between(Instant from, Instant to) {
  return std::chrono::duration<double, std::ratio<3600>>(to - from).count();
}

}  // namespace commonwatch::health::test
