// One replicate of the null: days in which nothing happens but chance.
#include <algorithm>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <numeric>

#include "hub/hotspot/calibration.h"

namespace commonwatch::hotspot {
namespace {

// Scores below are of no interest: they are reached every few days.
constexpr double kScoreMin = 4;
// Below this a day's rate is taken as it is.
constexpr double kDispersionMin = 1e-6;
// A Monday. Simulated time is local time.
constexpr Day kFirstDay = 4;

// SplitMix64 (Steele, Lea, Flood 2014): spreads seed and replicate over the generator's state.
std::uint64_t mix(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t z = seed + (number + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
  return z ^ (z >> 31U);
}

class NullYear {
 public:
  NullYear(const NullModel& model, int replicate)
      : model_(model),
        random_(mix(model.seed, static_cast<std::uint64_t>(replicate))),
        scan_(model_.settings, reporters_, model::TimeZone(), model.zones) {
    reporters_.index_of({0});
    std::partial_sum(model.delays.begin(), model.delays.end(), delays_.begin());
  }

  std::vector<double> maxima();

 private:
  struct Report {
    double known = 0;  // hours
    Hour hour = 0;
    Item item;
  };
  double uniform() { return uniform_(random_); }
  void simulate(Day day);
  double delay_hours();
  double score(Day day);

  const NullModel& model_;
  boost::random::mt19937_64 random_;
  boost::random::uniform_01<double> uniform_;
  ReporterSets reporters_;
  Scan scan_;
  std::array<std::uint64_t, kDelayBins> delays_{};
  std::vector<std::vector<Report>> reports_;  // by the hour in which they become known
};

double NullYear::delay_hours() {
  if (delays_.back() == 0) return 0;
  const auto pick = static_cast<std::uint64_t>(uniform() * static_cast<double>(delays_.back()));
  const auto bin = static_cast<std::size_t>(
      std::upper_bound(delays_.begin(), delays_.end(), pick) - delays_.begin());
  const double begin = bin == 0 ? 0 : delay_bin_end(bin - 1);
  return (begin + uniform() * (delay_bin_end(bin) - begin)) / 3600;
}

void NullYear::simulate(Day day) {
  std::array<double, kHoursOfDay> hours{};
  const auto first = static_cast<std::size_t>(model::TimeZone().hour_of_week(day * kHoursOfDay));
  for (std::size_t i = 0; i < hours.size(); ++i) {
    hours[i] = model_.profile[(first + i) % model_.profile.size()] + (i > 0 ? hours[i - 1] : 0);
  }
  double mean = model_.incidents_per_day * hours.back() / kHoursOfDay;
  if (model_.dispersion > kDispersionMin) {
    mean *= boost::random::gamma_distribution<double>(1 / model_.dispersion,
                                                      model_.dispersion)(random_);
  }
  if (mean <= 0) return;
  const int count = boost::random::poisson_distribution<int, double>(mean)(random_);
  boost::random::uniform_int_distribution<std::size_t> any_place(0, model_.places.size() - 1);
  for (int i = 0; i < count; ++i) {
    const double pick = uniform() * hours.back();
    const auto in_day = std::upper_bound(hours.begin(), hours.end(), pick) - hours.begin();
    const Hour hour = day * kHoursOfDay + std::min<Hour>(in_day, kHoursOfDay - 1);
    const double within = uniform();
    const NullModel::Place& place = model_.places[any_place(random_)];
    const double delay = delay_hours();
    Item item{place.site, place.persons, 0, static_cast<std::uint16_t>(within * 3600), 0,
              delay_bin(Duration(static_cast<std::int64_t>(delay * 3.6e9)))};
    const double known = static_cast<double>(hour) + within + delay;
    const auto slot = static_cast<std::size_t>(known) - kFirstDay * kHoursOfDay;
    if (slot < reports_.size()) reports_[slot].push_back({known, hour, item});
  }
}

// The maximum of one day: at the turn of every hour, and behind every report.
double NullYear::score(Day day) {
  double highest = 0;
  for (Hour hour = day * kHoursOfDay; hour < (day + 1) * kHoursOfDay; ++hour) {
    scan_.roll_to(hour);
    highest = std::max(highest, scan_.maximum(kScoreMin));
    auto& reports = reports_[static_cast<std::size_t>(hour - kFirstDay * kHoursOfDay)];
    std::sort(reports.begin(), reports.end(),
              [](const Report& a, const Report& b) { return a.known < b.known; });
    for (const Report& report : reports) {
      scan_.add(report.hour, report.item);
      highest = std::max(highest, scan_.maximum(kScoreMin));
    }
  }
  return highest;
}

std::vector<double> NullYear::maxima() {
  const Day history = model_.exposure_days + model_.settings.guard_days;
  const Day days = history + model_.scored_days();
  reports_.resize(static_cast<std::size_t>(days * kHoursOfDay));
  for (Day day = 0; day < days; ++day) simulate(kFirstDay + day);
  for (std::size_t slot = 0; slot < static_cast<std::size_t>(history * kHoursOfDay); ++slot) {
    for (const Report& report : reports_[slot]) scan_.add(report.hour, report.item);
  }
  std::vector<double> maxima;
  for (Day day = history; day < days; ++day) maxima.push_back(score(kFirstDay + day));
  return maxima;
}

}  // namespace

std::vector<double> simulate_null(const NullModel& model, int replicate) {
  if (model.places.empty()) return std::vector<double>(static_cast<std::size_t>(model.scored_days()));
  return NullYear(model, replicate).maxima();
}

}  // namespace commonwatch::hotspot
