// A city from a seed: some corners where most happens, partners that join and leave, reports that
// are late, corrected, retracted, repeated, misdated; and what operators and the hub add.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "hub/hotspot/engine.h"
#include "tests/hotspot/oracle.h"
#include "tests/hotspot/random.h"

namespace commonwatch::hotspot::test {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

inline const Instant kStart = *parse_rfc3339("2025-02-01T00:00:00Z");

struct Report {
  model::RecordKey key;
  std::optional<model::Incident> incident;
};
using Silences = std::vector<Silence>;
using Call = std::variant<Report, model::SiteDecision, Silences, Calibration>;

// What is told to the engine, then a tick.
struct Step {
  std::vector<Call> calls;
  Instant as_of{};
};

// A table in which a score of 1 is a note, so that there is much to compare.
inline Calibration easy_calibration(const std::string& jurisdiction, double shift = 0) {
  return {jurisdiction, 1, 2, 100, 3650, 2.5,
          {0.4 + shift, 1 + shift, 1.7 + shift, 3 + shift, 6 + shift},
          {7, 30, 100, 365, 3650}};
}

inline void tell(Engine& engine, const Call& call) {
  if (const auto* report = std::get_if<Report>(&call)) engine.apply(report->key, report->incident);
  if (const auto* site = std::get_if<model::SiteDecision>(&call)) engine.decide(*site);
  if (const auto* silences = std::get_if<Silences>(&call)) engine.set_silences(*silences);
  if (const auto* calibration = std::get_if<Calibration>(&call)) engine.apply(*calibration);
}

inline void tell(World& world, const Call& call) {
  if (const auto* report = std::get_if<Report>(&call)) {
    world.incidents.erase(report->key);
    if (report->incident) world.incidents.emplace(report->key, *report->incident);
  }
  if (const auto* site = std::get_if<model::SiteDecision>(&call)) world.sites[site->cell] = *site;
  if (const auto* silences = std::get_if<Silences>(&call)) world.silences = *silences;
  if (const auto* calibration = std::get_if<Calibration>(&call)) {
    world.calibrations[calibration->jurisdiction] = *calibration;
  }
}

inline std::vector<model::LatLng> box(double south, double west, double north, double east) {
  return {{south, west}, {south, east}, {north, east}, {north, west}};
}

// Two of three jurisdictions meet at the corners' middle; one area lies in another.
inline std::vector<NamedArea> some_areas() {
  return {{"County", "north", box(40.10, -75.6, 40.5, -75.0), 3},
          {"Town", "north", box(40.11, -75.36, 40.13, -75.33), 2},
          {"Valley", "south", box(39.7, -75.6, 40.10, -75.0), 0}};
}

inline Settings random_settings(Random& random) {
  Settings settings;
  settings.level_min = static_cast<int>(random.between(9, 11));
  settings.level_max = static_cast<int>(random.between(settings.level_min + 1, 15));
  if (random.chance(25)) settings.level_max = settings.level_min;
  if (random.chance(50)) settings.windows_hours = {1, 6, 24, 100};
  if (random.chance(20)) settings.windows_hours = {12};
  settings.count_min = static_cast<int>(random.between(2, 3));
  settings.guard_days = static_cast<int>(random.between(7, 10));
  settings.trailing_days = random.chance(50) ? 60 : 35;
  settings.exposure_days_min = static_cast<int>(random.between(14, 28));
  settings.proposal_persons_min = 5;
  if (random.chance(50)) settings.time_zone = "America/New_York";
  if (random.chance(40)) settings.areas = some_areas();
  return settings;
}

inline std::vector<std::string> jurisdictions_of(const Settings& settings) {
  std::vector<std::string> names;
  for (const NamedArea& area : settings.areas) {
    if (std::find(names.begin(), names.end(), area.jurisdiction) == names.end()) {
      names.push_back(area.jurisdiction);
    }
  }
  names.emplace_back(kWholeJurisdiction);
  return names;
}

class RandomCity {
 public:
  explicit RandomCity(std::uint64_t seed) : random_(seed), settings_(random_settings(random_)) {
    for (const char* name : {"ems", "police", "late-comer", "hospital"}) partners_.index_of(name);
    for (int i = 0; i < 10; ++i) {
      corners_.push_back(model::Cell::at(near({40.1, -75.34}, i < 5 ? 0.003 : 0.2), 20));
    }
  }

  const Settings& settings() const { return settings_; }
  const model::NameTable& partners() const { return partners_; }
  Random& random() { return random_; }

  // Two months of quiet, known at once; then `steps` ticks.
  std::vector<Step> make_steps(int steps) {
    std::vector<Step> all(1);
    now_ = kStart;
    for (int day = 0; day < 65; ++day) {
      now_ = kStart + days(day);
      for (int i = random_.poisson(1.2); i > 0; --i) all.back().calls.push_back(new_incident(1440));
    }
    now_ = kStart + days(65) + seconds(random_.between(0, 86'400));
    for (const std::string& name : jurisdictions_of(settings_)) {
      all.back().calls.push_back(easy_calibration(name));
    }
    all.back().as_of = now_;
    for (int i = 0; i < steps; ++i) all.push_back(make_step());
    return all;
  }

 private:
  double off(double spread) { return spread * (2 * random_.unit() - 1); }
  model::LatLng near(model::LatLng middle, double spread) {
    return {middle.latitude + off(spread), middle.longitude + off(spread)};
  }

  // Occurred in the last so many minutes.
  model::Incident some_incident(std::int64_t within_minutes) {
    model::Incident incident;
    incident.occurred = now_ - seconds(random_.between(0, within_minutes * 60)) +
                        std::chrono::microseconds(random_.between(0, 999'999));
    incident.first_recorded = incident.occurred + seconds(random_.chance(70)
                                                              ? random_.between(0, 1200)
                                                              : random_.between(0, 400'000));
    incident.cell = random_.chance(60)
                        ? random_.any(corners_)
                        : model::Cell::at(near({40.1, -75.34}, random_.chance(60) ? 0.01 : 0.2), 20);
    incident.persons = static_cast<std::uint32_t>(random_.chance(80) ? 1 : random_.between(0, 4));
    incident.fatal = random_.chance(20) ? std::min(incident.persons, 1U) : 0;
    incident.has_area_code = random_.chance(90);
    incident.partners = {0};
    const auto age = incident.occurred - kStart;
    if (age < days(30) && random_.chance(40)) incident.partners = {1};
    if (age > days(25) && random_.chance(50)) incident.partners = {2};
    if (random_.chance(10)) incident.partners = {0, 3};
    return incident;
  }

  Call new_incident(std::int64_t within_minutes) {
    model::Incident incident = some_incident(within_minutes);
    if (random_.chance(2)) incident.occurred -= days(random_.between(1, 500));
    if (random_.chance(3)) incident.occurred += hours(random_.between(1, 30));
    if (random_.chance(1)) incident.occurred += days(365 * 70);
    keys_.push_back(model::RecordKey{{static_cast<std::uint64_t>(random_.between(0, 1 << 30)),
                                      keys_.size()}});
    known_.push_back(incident);
    return Report{keys_.back(), incident};
  }

  Call change_of_incident() {
    const auto at = static_cast<std::size_t>(
        random_.between(0, static_cast<std::int64_t>(keys_.size()) - 1));
    model::Incident& incident = known_[at];
    if (random_.chance(20)) return Report{keys_[at], std::nullopt};
    if (random_.chance(40)) incident.occurred += minutes(random_.between(-3000, 3000));
    if (random_.chance(40)) incident.cell = random_.any(corners_);
    if (random_.chance(30)) incident.persons = static_cast<std::uint32_t>(random_.between(0, 3));
    if (random_.chance(10)) incident.partners = {1, 2};
    return Report{keys_[at], incident};
  }

  Call addition() {
    const std::int64_t which = random_.between(1, 3);
    if (which == 1) {
      const auto kind = static_cast<model::SiteKind>(random_.between(1, 3));
      const bool facility = kind == model::SiteKind::kFacility;
      return model::SiteDecision{random_.any(corners_), kind,
                                 facility ? (random_.chance(50) ? "Jail" : "Shelter") : ""};
    }
    if (which == 2) {
      Silences silences;
      for (model::NameIndex partner = 0; partner < 3; ++partner) {
        if (random_.chance(25)) {
          silences.push_back({partner, hour_of(now_) - random_.between(0, 60)});
        }
      }
      return silences;
    }
    return easy_calibration(random_.any(jurisdictions_of(settings_)), 0.2 * random_.unit());
  }

  Step make_step() {
    Step step;
    if (random_.chance(60)) {
      now_ += minutes(random_.between(1, 50));
    } else if (random_.chance(60)) {
      now_ += hours(random_.between(1, 9));
    } else if (random_.chance(85)) {
      now_ += hours(random_.between(20, 80));
    } else {
      now_ += days(random_.between(20, 110));
    }
    const std::int64_t burst = random_.chance(20) ? random_.between(3, 7) : random_.between(0, 2);
    for (std::int64_t i = 0; i < burst; ++i) {
      step.calls.push_back(new_incident(random_.chance(80) ? 600 : 14'400));
    }
    if (random_.chance(30)) step.calls.push_back(change_of_incident());
    if (random_.chance(5)) step.calls.push_back(Report{keys_.back(), known_.back()});
    if (random_.chance(12)) step.calls.push_back(addition());
    step.as_of = now_;
    return step;
  }

  Random random_;
  Settings settings_;
  model::NameTable partners_;
  std::vector<model::Cell> corners_;
  std::vector<model::RecordKey> keys_;
  std::vector<model::Incident> known_;
  Instant now_ = kStart;
};

}  // namespace commonwatch::hotspot::test
