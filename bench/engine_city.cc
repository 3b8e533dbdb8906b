#include "bench/engine_city.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::bench {
namespace {

constexpr std::size_t kTowns = 25;
constexpr double kTownDegrees = 0.03;
constexpr double kSecondsOfDay = 86'400;

}  // namespace

EngineCity::EngineCity(std::size_t places, double incidents_a_day)
    : incidents_a_day_(incidents_a_day) {
  std::vector<model::LatLng> towns;
  for (std::size_t i = 0; i < kTowns; ++i) {
    towns.push_back({40.0 + 0.4 * unit(), -75.7 + 0.6 * unit()});
  }
  while (places_.size() < places) {
    // The first towns are the largest.
    const auto town = static_cast<std::size_t>(kTowns * unit() * unit());
    const model::LatLng where{towns[town].latitude + kTownDegrees * (unit() + unit() - 1),
                              towns[town].longitude + kTownDegrees * (unit() + unit() - 1)};
    places_.push_back(model::Cell::at(where, model::kLeafLevel));
  }
}

model::RecordKey EngineCity::next_key() {
  ++keys_;
  return model::RecordKey{{keys_ * 0x9e3779b97f4a7c15, keys_}};
}

model::Incident EngineCity::incident_at(Instant occurred) {
  model::Incident incident;
  incident.occurred = occurred;
  const double seconds = unit() < 0.9 ? 1200 * unit() : std::exp(8 + 4 * unit());
  incident.first_recorded = occurred + std::chrono::seconds(static_cast<int>(seconds));
  // Some places see much more than others.
  const double pick = unit();
  incident.cell = places_[static_cast<std::size_t>(pick * pick * static_cast<double>(places_.size()))];
  incident.persons = unit() < 0.95 ? 1 : 2;
  incident.has_area_code = true;
  incident.partners = {0};
  return incident;
}

std::vector<CityReport> EngineCity::stream(Instant from, int days) {
  std::vector<CityReport> reports;
  const auto incidents = static_cast<std::size_t>(incidents_a_day_ * days);
  for (std::size_t i = 0; i < incidents; ++i) {
    // Twice as many by night as by day.
    double of_day = unit();
    if (of_day < 0.5 && unit() < 0.5) of_day = 1 - of_day;
    const double day = std::floor(unit() * days);
    const auto second = static_cast<std::int64_t>((day + of_day) * kSecondsOfDay);
    model::Incident incident = incident_at(from + std::chrono::seconds(second));
    const model::RecordKey key = next_key();
    reports.push_back({key, incident, incident.first_recorded});
    const double fate = unit();
    if (fate < 0.03) {
      incident.occurred += std::chrono::minutes(20);
      reports.push_back({key, incident, incident.first_recorded + std::chrono::hours(3)});
    } else if (fate < 0.04) {
      reports.push_back({key, std::nullopt, incident.first_recorded + std::chrono::hours(9)});
    }
  }
  std::stable_sort(reports.begin(), reports.end(),
                   [](const auto& a, const auto& b) { return a.recorded < b.recorded; });
  return reports;
}

std::vector<CityReport> EngineCity::backlog(Instant recorded, int days, std::size_t incidents) {
  std::vector<CityReport> reports;
  for (std::size_t i = 0; i < incidents; ++i) {
    const auto age = static_cast<std::int64_t>(unit() * days * kSecondsOfDay);
    reports.push_back({next_key(), incident_at(recorded - std::chrono::seconds(age)), recorded});
  }
  return reports;
}

hotspot::Calibration EngineCity::calibration() {
  return {hotspot::kWholeJurisdiction, 1, 2, 365, 36'500, 100,
          {7.5, 8.4, 9.7, 11.3, 13, 16}, {7, 14, 30, 100, 365, 3650}};
}

}  // namespace commonwatch::bench
