#include "bench/detection/second_city.h"

#include <algorithm>
#include <array>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <cmath>
#include <numeric>
#include <tuple>

#include "bench/detection/report.h"

namespace commonwatch::detection {
namespace {

constexpr model::LatLng kMiddle{40.2, -75.4};
constexpr int kTowns = 12;
constexpr int kCornersOfTown = 8;
constexpr double kDiffuseShare = 0.3;
constexpr double kCountyKm = 25;  // half the side of the square that holds it
constexpr double kDailyMean = 5;  // incidents
constexpr double kYear = 365.25;  // days

// By agency.
constexpr double kDispatchedTwice = 0.05;
constexpr double kPoliceShare = 0.4;
constexpr double kHospitalShare = 0.3;
constexpr double kHospitalAlone = 0.08;  // of all incidents, no other agency knows of

double normal(Random& random, double mean, double deviation) {
  return boost::random::normal_distribution<double>(mean, deviation)(random);
}
double lognormal(Random& random, double log_mean, double log_deviation) {
  return boost::random::lognormal_distribution<double>(log_mean, log_deviation)(random);
}
double between(Random& random, double low, double high) {
  return low + (high - low) * uniform(random);
}
Duration minutes(double value) { return Duration(std::llround(value * 60e6)); }
model::LatLng beside(model::LatLng point, double deviation_m, Random& random) {
  return moved(point, normal(random, 0, deviation_m), normal(random, 0, deviation_m));
}

std::size_t pick(const std::vector<double>& cumulated, Random& random) {
  const double at = uniform(random) * cumulated.back();
  const auto found = std::upper_bound(cumulated.begin(), cumulated.end(), at);
  return static_cast<std::size_t>(
      std::min(found - cumulated.begin(), static_cast<std::ptrdiff_t>(cumulated.size()) - 1));
}

struct Town {
  model::LatLng middle;
  double spread_m = 0;
  std::vector<model::LatLng> corners;
  std::vector<double> corner_weights;  // cumulated
};

class City {
 public:
  City(hotspot::Day begin, hotspot::Day days, Random& random);
  void pass_day(hotspot::Day day, Random& random);
  std::vector<CityReport> finish();

 private:
  double mean_of(hotspot::Day day) const;
  model::LatLng place(Random& random) const;
  void tell(Instant occurred, model::LatLng where, Random& random);
  void send(const char* source, Instant occurred, model::LatLng where, Instant recorded);

  std::vector<Town> towns_;
  std::vector<double> town_weights_;  // cumulated
  std::array<std::vector<double>, 2> hours_;  // of a weekday, of a weekend's day; cumulated
  hotspot::Day begin_;
  double daily_mean_;
  double trend_;  // of the mean, a year
  double wave_;
  double wave_phase_;
  double day_deviation_;
  Instant police_join_;
  std::uint64_t number_ = 0;
  std::vector<CityReport> reports_;
};

City::City(hotspot::Day begin, hotspot::Day days, Random& random)
    : begin_(begin),
      daily_mean_(kDailyMean * lognormal(random, 0, 0.3)),
      trend_(between(random, -0.2, 0.4)),
      wave_(between(random, 0, 0.15)),
      wave_phase_(between(random, 0, kYear)),
      day_deviation_(between(random, 0, 0.25)),
      police_join_(hotspot::start_of(
          (begin + static_cast<hotspot::Day>(uniform(random) * static_cast<double>(days))) *
          hotspot::kHoursOfDay)) {
  double weight = 0;
  for (int i = 0; i < kTowns; ++i) {
    Town town;
    town.middle = moved(kMiddle, between(random, -1, 1) * kCountyKm * 1e3,
                        between(random, -1, 1) * kCountyKm * 1e3);
    town.spread_m = between(random, 500, 2500);
    double corner_weight = 0;
    for (int corner = 0; corner < kCornersOfTown; ++corner) {
      town.corners.push_back(beside(town.middle, town.spread_m / 2, random));
      town.corner_weights.push_back(corner_weight += lognormal(random, 0, 1));
    }
    towns_.push_back(std::move(town));
    town_weights_.push_back(weight += lognormal(random, 0, 1));
  }
  for (std::size_t kind = 0; kind < hours_.size(); ++kind) {
    const double peak = between(random, 15, 23) + (kind == 1 ? 2 : 0);
    const double depth = between(random, 0.3, 0.8);
    double sum = 0;
    for (int hour = 0; hour < hotspot::kHoursOfDay; ++hour) {
      sum += 1 + depth * std::cos((hour - peak) * 2 * M_PI / hotspot::kHoursOfDay);
      hours_[kind].push_back(sum);
    }
  }
}

double City::mean_of(hotspot::Day day) const {
  const auto passed = static_cast<double>(day - begin_);
  return daily_mean_ * std::max(0.2, 1 + trend_ * passed / kYear) *
         (1 + wave_ * std::sin((passed - wave_phase_) * 2 * M_PI / kYear));
}

model::LatLng City::place(Random& random) const {
  if (uniform(random) < kDiffuseShare) {
    return moved(kMiddle, between(random, -1, 1) * kCountyKm * 1e3,
                 between(random, -1, 1) * kCountyKm * 1e3);
  }
  const Town& town = towns_[pick(town_weights_, random)];
  if (uniform(random) < 0.5) return town.corners[pick(town.corner_weights, random)];
  return beside(town.middle, town.spread_m, random);
}

void City::send(const char* source, Instant occurred, model::LatLng where, Instant recorded) {
  reports_.push_back({recorded, source, std::to_string(++number_),
                      std::chrono::floor<std::chrono::seconds>(occurred), where});
}

void City::tell(Instant occurred, model::LatLng where, Random& random) {
  const bool hospital_alone = uniform(random) < kHospitalAlone;
  if (!hospital_alone) {
    const Instant known = occurred + minutes(lognormal(random, 0.5, 0.7));
    send("ems/cad", occurred, where, known);
    if (uniform(random) < kDispatchedTwice) send("ems/cad", occurred, where, known);
    if (occurred >= police_join_ && uniform(random) < kPoliceShare) {
      const Instant arrived = occurred + minutes(between(random, -4, 6));
      send("police/incidents", arrived, beside(where, 40, random),
           std::max(occurred, arrived) + minutes(lognormal(random, 3, 1)));
    }
  }
  if (hospital_alone || uniform(random) < kHospitalShare) {
    // Median 6 hours, one in a hundred later than four days.
    send("hospital/ed", occurred + minutes(between(random, 0, 10)), beside(where, 60, random),
         occurred + minutes(60 + lognormal(random, std::log(360), 1.2)));
  }
}

void City::pass_day(hotspot::Day day, Random& random) {
  const double mean = mean_of(day) * lognormal(random, 0, day_deviation_);
  const int count = boost::random::poisson_distribution<int, double>(mean)(random);
  const auto weekday = (day + 3) % 7;  // 0: Monday
  for (int i = 0; i < count; ++i) {
    const auto hour = static_cast<hotspot::Hour>(pick(hours_[weekday >= 5 ? 1 : 0], random));
    const Instant occurred = hotspot::start_of(day * hotspot::kHoursOfDay + hour) +
                             minutes(60 * uniform(random));
    const model::LatLng where = place(random);
    tell(occurred, where, random);
  }
}

std::vector<CityReport> City::finish() {
  std::stable_sort(reports_.begin(), reports_.end(),
                   [](const CityReport& a, const CityReport& b) { return a.recorded < b.recorded; });
  return std::move(reports_);
}

}  // namespace

std::vector<CityReport> simulate_second_city(hotspot::Day begin, hotspot::Day days,
                                             Random& random) {
  City city(begin, days, random);
  for (hotspot::Day day = begin; day < begin + days; ++day) city.pass_day(day, random);
  return city.finish();
}

}  // namespace commonwatch::detection
