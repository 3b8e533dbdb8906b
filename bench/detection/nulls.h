// `detection nulls`: how often the hub calls something an alert where nothing happens but a kind of
// chance that its calibration does not know (second_city.h). Reports go through everything that the
// hub shows by: linkage, source health, the engine with its own calibrations, alerts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace commonwatch::detection {

struct NullsOptions {
  int years = 300;
  std::uint64_t seed = 1;
  // Simulated days behind each calibration; fewer than the hub's, so that a run ends today.
  int null_days = 3650;
  int threads = 1;
};

// Note, watch, alert.
inline constexpr std::size_t kLevels = 3;
inline constexpr std::array<const char*, kLevels> kLevelKeys = {"note", "watch", "alert"};

struct NullsResult {
  NullsOptions options;
  // Days a year that the level's interval promises.
  std::array<double, kLevels> nominal{};
  // Of each year: days at whose some moment something stood at that level or above.
  std::array<std::vector<double>, kLevels> days;
  std::uint64_t reports = 0;
  std::uint64_t calibrations = 0;
};

// The same options give the same result, whatever the threads.
NullsResult measure_nulls(const NullsOptions& options);

std::string print_json(const NullsResult& result);
std::string print_table(const NullsResult& result);

}  // namespace commonwatch::detection
