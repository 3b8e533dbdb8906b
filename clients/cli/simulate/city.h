// A made-up city from a seed: overdoses with the rhythm of a week, dense and thin districts, two
// facilities, outbreaks; and three agencies that report them late, partly, and sometimes wrongly.
// Pure: no clock, no I/O. The same options give the same bytes on every machine.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commonwatch/v1/event.pb.h"

namespace commonwatch::cli {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

struct LatLng {
  double latitude = 0;   // degrees WGS 84
  double longitude = 0;  // degrees WGS 84
};

struct CityOptions {
  std::uint64_t seed = 1;
  // Midnight in the city. Hours of the week are counted from here, as in local time.
  Instant start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  // 1 to 36,500. Reports go on for some days behind the last one.
  int days = 28;
  // Mean over a week, without outbreaks and before the agencies miss some: above 0, to 10,000.
  double incidents_per_day = 20;
  // Fictional; latitude within 80 degrees of the equator.
  LatLng centre{39.96, -82.99};
  // Where the outermost districts lie, 1 to 100.
  double radius_km = 12;
  // One outbreak in this many days, 3 to 3650; at least one in every run of three days or more.
  int outbreak_every_days = 14;
};

// A bad batch: `incidents` more overdoses within `radius_m` of the centre, from `begin` to `end`.
struct Outbreak {
  LatLng centre;
  double radius_m = 1000;
  Instant begin{};
  Instant end{};
  int incidents = 0;
};

struct SimulatedReport {
  std::string source;  // sim-ems/cad, sim-police/rms or sim-hospital/ed
  v1::Event event;
  Instant reported_at{};  // when the agency sends it
};

// Not thread-safe. Memory depends on the incidents of a week, not on the length of the run.
class City {
 public:
  // Throws std::invalid_argument for options out of range; the sentence names the option.
  explicit City(CityOptions options);
  ~City();
  City(City&&) noexcept;
  City& operator=(City&&) noexcept;

  // The next report in order of `reported_at`; nothing when all is told.
  std::optional<SimulatedReport> next();
  // Reports that are made and not told yet.
  std::size_t pending() const;
  // All outbreaks of the run, in order of `begin`; also before the first next().
  std::vector<Outbreak> outbreaks() const;
  // sim-ems/cad, sim-police/rms, sim-hospital/ed.
  static const std::vector<std::string>& sources();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace commonwatch::cli
