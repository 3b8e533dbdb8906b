// A log of reports from a seed: bursts and background, late, corrected, retracted, repeated, out
// of order, misdated.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "hub/hotspot/engine.h"

namespace commonwatch::hotspot::test {

// The standard's distributions differ between libraries; this does not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::int64_t between(std::int64_t low, std::int64_t high) {  // both included
    const auto span = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(engine_() % span);
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  std::uint64_t word() { return engine_(); }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1],
                items[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(i) - 1))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

struct Report {
  Instant arrives{};
  IncidentKey key;
  std::uint32_t revision = 0;
  std::optional<Incident> incident;
};

inline const Instant kStart = *parse_rfc3339("2025-03-01T00:00:00Z");

// Small worlds, so that everything happens: short memory, few hours.
inline Settings random_settings(Random& random) {
  Settings settings;
  settings.levels = random.chance(50) ? std::vector<int>{10, 12, 14} : std::vector<int>{11, 12};
  settings.windows_hours =
      random.chance(50) ? std::vector<int>{1, 6, 24, 96} : std::vector<int>{12};
  settings.count_min = static_cast<int>(random.between(1, 3));
  settings.prior_days = static_cast<double>(random.between(1, 400));
  settings.guard_days = static_cast<int>(random.between(0, 5));
  settings.trailing_days = static_cast<int>(random.between(28, 40));
  settings.note_score = static_cast<double>(random.between(0, 2));
  settings.watch_score = settings.note_score + 1;
  settings.alert_score = settings.watch_score + 1;
  return settings;
}

inline double offset(Random& random, double spread) {
  return spread * static_cast<double>(random.between(-1000, 1000)) / 1000;
}

inline Incident random_incident(Random& random, Instant from, int days) {
  static const model::LatLng kCorners[] = {
      {40.11, -75.34}, {40.115, -75.345}, {40.245, -75.65}, {40.1, 179.999}, {-89.99, 0}};
  const model::LatLng corner = kCorners[random.between(0, 4)];
  const double spread = random.chance(50) ? 0.002 : 0.15;
  Incident incident;
  incident.occurred = from + std::chrono::seconds(random.between(0, 86400LL * days)) +
                      std::chrono::microseconds(random.between(0, 999'999));
  incident.cell =
      model::Cell::at({std::clamp(corner.latitude + offset(random, spread), -90.0, 90.0),
                       std::clamp(corner.longitude + offset(random, spread), -180.0, 180.0)},
                      model::kLeafLevel);
  incident.persons = static_cast<std::uint32_t>(random.chance(80) ? 1 : random.between(0, 4));
  incident.fatal = random.chance(20) ? std::min(incident.persons, 1U) : 0;
  return incident;
}

// By time of arrival. Reports of one record arrive within ten days, in any order.
inline std::vector<Report> random_log(Random& random, int records, int days) {
  std::vector<Report> log;
  for (int i = 0; i < records; ++i) {
    const IncidentKey key{{static_cast<std::uint64_t>(i), 7}};
    Incident incident = random_incident(random, kStart, days);
    const Instant arrives = incident.occurred;
    if (random.chance(2)) incident.occurred -= std::chrono::days(random.between(1, 400));
    if (random.chance(3)) incident.occurred += std::chrono::hours(random.between(1, 30));
    if (random.chance(1)) incident.occurred += std::chrono::days(365 * 70);
    const auto revisions = static_cast<std::uint32_t>(random.chance(70) ? 1 : random.between(2, 4));
    for (std::uint32_t revision = 1; revision <= revisions; ++revision) {
      const auto delay = std::chrono::seconds(random.chance(60) ? random.between(0, 3600)
                                                                : random.between(0, 864'000));
      Report report{arrives + delay, key, revision, incident};
      if (revision > 1 && random.chance(30)) report.incident.reset();
      log.push_back(report);
      if (random.chance(10)) {
        report.arrives += std::chrono::hours(random.between(0, 20));
        log.push_back(report);
      }
      incident.persons = static_cast<std::uint32_t>(random.between(0, 3));
      if (random.chance(50)) incident.occurred += std::chrono::minutes(random.between(-300, 300));
      if (random.chance(30)) incident.cell = random_incident(random, kStart, 1).cell;
    }
  }
  std::stable_sort(log.begin(), log.end(),
                   [](const Report& a, const Report& b) { return a.arrives < b.arrives; });
  return log;
}

// What the reports so far amount to.
class Knowledge {
 public:
  void learn(const Report& report) {
    const auto [at, is_new] = records_.try_emplace(report.key, report);
    if (!is_new && report.revision >= at->second.revision) at->second = report;
  }
  std::vector<Incident> incidents() const {
    std::vector<Incident> current;
    for (const auto& [key, report] : records_) {
      if (report.incident && report.incident->persons > 0) current.push_back(*report.incident);
    }
    return current;
  }

 private:
  std::map<IncidentKey, Report> records_;
};

}  // namespace commonwatch::hotspot::test
