#include "clients/cli/simulate/city_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace commonwatch::cli {
namespace {

constexpr int kDistricts = 36;
constexpr int kPostalAreas = 9;
constexpr int kDaysMax = 36'500;
constexpr double kBlockM = 120;  // between streets
constexpr double kHouseM = 20;   // between house numbers
constexpr double kMetresPerDegree = 111'320;
constexpr double kRadiansPerDegree = 0.017453292519943295;
constexpr double kOutbreakRadiusM = 1000;

// Shapes of a county's calls for overdoses: deep night low, evening high, weekend up.
constexpr std::array<double, 24> kHours{110, 90,  70,  50,  31,  28,  33,  45,  60,  72,  85,  95,
                                        105, 112, 118, 122, 128, 135, 143, 150, 158, 163, 155, 135};
constexpr std::array<double, 7> kWeekdays{5.37, 4.01, 4.13, 4.81, 4.42, 5.64, 5.64};  // from Sunday

template <std::size_t N>
constexpr double sum_of(const std::array<double, N>& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum;
}

void require(bool good, const char* sentence) {
  if (!good) throw std::invalid_argument(sentence);
}

void check(const CityOptions& options) {
  require(options.days >= 1 && options.days <= kDaysMax, "days is to be 1 to 36,500");
  require(options.incidents_per_day > 0 && options.incidents_per_day <= 10'000,
          "incidents_per_day is to be above 0, at most 10,000");
  require(options.centre.latitude >= -80 && options.centre.latitude <= 80,
          "the latitude of the centre is to be within 80 degrees of the equator");
  require(options.centre.longitude >= -179 && options.centre.longitude <= 179,
          "the longitude of the centre is to be within -179 to 179 degrees");
  require(options.radius_km >= 1 && options.radius_km <= 100, "radius_km is to be 1 to 100");
  require(options.outbreak_every_days >= 3 && options.outbreak_every_days <= 3650,
          "outbreak_every_days is to be 3 to 3650");
}

double nearest_multiple(double value, double step) { return std::floor(value / step + 0.5) * step; }

// On a street that runs east or north; at most 61 m away.
Point snap_to_street(Point point, bool runs_east) {
  return runs_east
             ? Point{nearest_multiple(point.east, kHouseM), nearest_multiple(point.north, kBlockM)}
             : Point{nearest_multiple(point.east, kBlockM), nearest_multiple(point.north, kHouseM)};
}

Point in_disc(double radius, Random& random) {
  while (true) {
    const double x = random.between(-1, 1);
    const double y = random.between(-1, 1);
    if (x * x + y * y <= 1) return {x * radius, y * radius};
  }
}

double square_distance(Point a, Point b) {
  const double east = a.east - b.east;
  const double north = a.north - b.north;
  return east * east + north * north;
}

}  // namespace

CityPlan::CityPlan(const CityOptions& options)
    : options_((check(options), options)),
      metres_per_degree_east_(kMetresPerDegree *
                              cosine(options.centre.latitude * kRadiansPerDegree)) {
  plan_districts();
  plan_outbreaks();
}

void CityPlan::plan_districts() {
  Random random = random_for(options_, Purpose::kPlan, 0);
  const double radius_m = options_.radius_km * 1000;
  double total = 0;
  for (int i = 0; i < kDistricts; ++i) {
    // Denser towards the middle; weights with a heavy tail, so that a few districts hold most.
    const Point centre = in_disc(radius_m * random.between(0.15, 1), random);
    total += exponential_of(-0.7 * natural_log(1 - random.uniform()));
    districts_.push_back({centre, random.between(250, 1100), total});
  }
  for (District& district : districts_) district.cumulative /= total;
  for (int i = 0; i < kPostalAreas; ++i) {
    postal_areas_.push_back({"SIM-0" + std::to_string(i + 1), in_disc(radius_m * 0.9, random)});
  }
  facilities_.push_back({street_point(random), 0.04, v1::PLACE_SHELTER});
  facilities_.push_back({street_point(random), 0.02, v1::PLACE_JAIL});
}

void CityPlan::plan_outbreaks() {
  using std::chrono::hours;
  const int every = options_.outbreak_every_days;
  for (int first = 0; first + 3 <= options_.days; first += every) {
    Random random = random_for(options_, Purpose::kOutbreakPlan, static_cast<std::uint64_t>(first));
    const int length = std::min(every, options_.days - first);
    Outbreak outbreak;
    const int lasts = 6 + random.below(13);
    const int begins = random.below(length * 24 - lasts);
    outbreak.begin = options_.start + hours(24 * first + begins);
    outbreak.end = outbreak.begin + hours(lasts);
    outbreak.radius_m = kOutbreakRadiusM;
    outbreak.incidents = 6 + random.poisson(4);
    outbreak.centre =
        to_degrees(districts_[static_cast<std::size_t>(random.below(kDistricts))].centre);
    outbreaks_.push_back(outbreak);
  }
}

const PostalArea& CityPlan::postal_area_of(Point point) const {
  return *std::min_element(
      postal_areas_.begin(), postal_areas_.end(), [&](const PostalArea& a, const PostalArea& b) {
        return square_distance(a.centre, point) < square_distance(b.centre, point);
      });
}

Point CityPlan::street_point(Random& random) const {
  const double share = random.uniform();
  const auto after = std::find_if(districts_.begin(), districts_.end() - 1,
                                  [&](const District& d) { return share < d.cumulative; });
  const double east = after->centre.east + after->spread_m * random.normal();
  const double north = after->centre.north + after->spread_m * random.normal();
  return snap_to_street({east, north}, random.chance(0.5));
}

Point CityPlan::street_point_near(Point centre, double radius_m, Random& random) const {
  constexpr double kSnapM = 65;
  const Point offset = in_disc(radius_m - kSnapM, random);
  return snap_to_street({centre.east + offset.east, centre.north + offset.north},
                        random.chance(0.5));
}

double CityPlan::rate(int day, int hour) const {
  const auto date = std::chrono::floor<std::chrono::days>(options_.start) + std::chrono::days(day);
  const double weekday = kWeekdays[std::chrono::weekday(date).c_encoding()];
  return options_.incidents_per_day * (weekday * 7 / sum_of(kWeekdays)) *
         (kHours[static_cast<std::size_t>(hour)] / sum_of(kHours));
}

LatLng CityPlan::to_degrees(Point point) const {
  const auto rounded = [](double degrees) { return std::floor(degrees * 1e6 + 0.5) / 1e6; };
  return {rounded(options_.centre.latitude + point.north / kMetresPerDegree),
          rounded(options_.centre.longitude + point.east / metres_per_degree_east_)};
}

Point CityPlan::to_metres(LatLng place) const {
  return {(place.longitude - options_.centre.longitude) * metres_per_degree_east_,
          (place.latitude - options_.centre.latitude) * kMetresPerDegree};
}

}  // namespace commonwatch::cli
