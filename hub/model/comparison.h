// What the methods in use today say of a named area, beside the engine: for one local day.
#pragma once

#include <cstdint>
#include <string>

namespace commonwatch::model {

struct Comparison {
  std::string id;    // `comparison:` and the area's name
  std::string area;  // a named area or a jurisdiction
  std::string day;   // the local day, `2016-03-11`, that has ended last
  std::uint32_t count = 0;       // persons of that day
  std::uint32_t rolling_24h = 0; // persons of the 24 hours up to the hour of as_of
  // EARS; kNoScore where there is too little past, or no spread.
  double ears_c1 = 0;
  double ears_c2 = 0;
  double ears_c3 = 0;
  double fixed_threshold = 0;         // persons in 24 hours; 0: none is configured
  double recommended_threshold = 0;   // reached on three days of the last thirty
  double mean_plus_2sd = 0;           // of the trailing 365 days
  double cusum_poisson = 0;
  double cusum_negative_binomial = 0;
  friend bool operator==(const Comparison&, const Comparison&) = default;
};
inline constexpr double kNoScore = -1e9;

}  // namespace commonwatch::model
