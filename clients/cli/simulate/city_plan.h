// What stays the same through a run: districts, postal areas, facilities, outbreaks, and the rhythm
// of the week.
#pragma once

#include <vector>

#include "clients/cli/simulate/city.h"
#include "clients/cli/simulate/random.h"

namespace commonwatch::cli {

// What a stream of random numbers is for.
enum class Purpose : std::uint64_t { kPlan = 1, kOutbreakPlan, kDay, kOutbreak, kIncident };
inline Random random_for(const CityOptions& options, Purpose purpose, std::uint64_t index) {
  return {options.seed, static_cast<std::uint64_t>(purpose), index};
}

// Metres east and north of the city's centre.
struct Point {
  double east = 0;
  double north = 0;
};

struct District {
  Point centre;
  double spread_m = 0;    // deviation of its incidents, each way
  double cumulative = 0;  // share of the incidents, of this and all before it
};

struct PostalArea {
  std::string code;
  Point centre;
};

struct Facility {
  Point place;
  double share = 0;  // of all incidents
  v1::Place kind = v1::PLACE_OTHER;
};

// Immutable.
class CityPlan {
 public:
  // Throws std::invalid_argument.
  explicit CityPlan(const CityOptions& options);

  const CityOptions& options() const { return options_; }
  const std::vector<Facility>& facilities() const { return facilities_; }
  const std::vector<Outbreak>& outbreaks() const { return outbreaks_; }
  const PostalArea& postal_area_of(Point point) const;

  // A place of a district that the numbers choose, on a street.
  Point street_point(Random& random) const;
  // Within `radius_m` of `centre`, on a street.
  Point street_point_near(Point centre, double radius_m, Random& random) const;
  // Incidents expected in the hour `hour` of day `day`, 0 being midnight of the first.
  double rate(int day, int hour) const;

  LatLng to_degrees(Point point) const;  // rounded to 1e-6
  Point to_metres(LatLng place) const;

 private:
  void plan_districts();
  void plan_outbreaks();

  CityOptions options_;
  double metres_per_degree_east_;
  std::vector<District> districts_;
  std::vector<PostalArea> postal_areas_;
  std::vector<Facility> facilities_;
  std::vector<Outbreak> outbreaks_;
};

}  // namespace commonwatch::cli
