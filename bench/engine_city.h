// A city's reports from a seed, for the engine's workloads: places around towns, a rhythm of the
// day, delays, corrections, retractions.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "hub/hotspot/engine.h"

namespace commonwatch::bench {

struct CityReport {
  model::RecordKey key;
  std::optional<model::Incident> incident;
  Instant recorded{};
};

class EngineCity {
 public:
  EngineCity(std::size_t places, double incidents_a_day);

  // Incidents of so many days, in the order in which they become known.
  std::vector<CityReport> stream(Instant from, int days);
  // As many new incidents, evenly over the days before, all known at once.
  std::vector<CityReport> backlog(Instant recorded, int days, std::size_t incidents);

  static hotspot::Calibration calibration();

 private:
  double unit() { return static_cast<double>(random_() >> 11U) * 0x1.0p-53; }
  model::Incident incident_at(Instant occurred);
  model::RecordKey next_key();

  std::mt19937_64 random_{2016};
  double incidents_a_day_;
  std::vector<model::Cell> places_;
  std::uint64_t keys_ = 0;
};

}  // namespace commonwatch::bench
