// A city small enough to score by hand, for the fold of the alerts.
//
// Persons an hour: 0.01 in a cell of level 13, by size in other cells and blocks; 0.05 in the
// facility "Jail", 0.2 in the area "County", which is everything, 0.1 in the area "North", the part
// beyond 40.2 degrees. No dispersion. A note from 4 nats, a watch from 8, an alert from 12.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/alert/scores.h"

namespace commonwatch::alert::test {

// 2026-03-01T00:00:00Z.
inline constexpr Instant kStart = instant_from_micros(1'772'323'200'000'000);
inline Instant hour(double hours) {
  return kStart + std::chrono::duration_cast<Duration>(
                      std::chrono::duration<double, std::ratio<3600>>(hours));
}
// The end of the hour that holds the moment.
Instant end_of_hour(Instant instant);

// Places about `kilometres` east of one corner.
model::LatLng east(double kilometres);
inline constexpr model::LatLng kNorth{40.3, -75.3};
inline constexpr model::LatLng kJail{40.0, -75.0};

model::Zone cell_zone(model::LatLng point, int level = 13);
model::Zone block_zone(model::LatLng point, int level = 13);
model::Zone area_zone(const std::string& name);
model::Zone jail_zone();

struct Report {
  Instant occurred{};
  model::LatLng point;
  std::uint32_t persons = 1;
};

class City : public Scores {
 public:
  // A report, known from now on; gives its number.
  std::size_t add(const Report& report);
  void retract(std::size_t number);
  // Where the reports changed since the last call.
  std::vector<Touch> touched();

  // The zone and window as the engine would find it.
  Finding finding(const model::Zone& zone, std::uint32_t window_hours, Instant window_end) const;
  // All findings of the windows of 6, 24 and 48 hours: the best of overlapping cells, blocks and
  // facilities, and each area.
  std::vector<Finding> findings(Instant as_of) const;

  Inspection inspect(const std::string& jurisdiction, const model::Zone& zone,
                     std::uint32_t window_hours, Instant window_end) const override;
  std::vector<Part> parts(const std::string& jurisdiction, std::span<const model::Zone> zones,
                          std::uint32_t window_hours, Instant window_end) const override;
  bool covers(const std::string& jurisdiction, const model::Zone& zone,
              model::Cell cell) const override;
  double score(double count, double expected, double dispersion) const override;

 private:
  struct Known {
    Report report;
    model::Cell cell;
    bool retracted = false;
  };
  bool is_busy(const std::vector<model::Cell>& cells, Instant as_of) const;
  std::vector<model::Zone> zones(Instant as_of) const;

  std::vector<Known> reports_;
  std::vector<Touch> touched_;
};

}  // namespace commonwatch::alert::test
