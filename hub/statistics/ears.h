// The Early Aberration Reporting System's three charts of a daily series. Pure; any thread.
//
// Source: Hutwagner, Thompson, Seeman, Treadwell 2003, J Urban Health 80:i89; formulae as in
// Fricker, Hegler, Dunfee 2008, Stat Med 27:3407. With y the day's count, m and s the mean and the
// sample deviation (n - 1) of a baseline of seven days:
//   C1 = (y - m) / s    baseline: the seven days before
//   C2 = (y - m) / s    baseline: the seven days before the last two
//   C3 = sum over the day and the two before it of max(0, C2 - 1)
// C3 is the textbook's: some packages compute something else under the name.
//
// Each is a function of the last few counts, oldest first, the day itself last; longer spans are
// welcome, what is older is not read. Nothing where there is too little past, or no spread
// (s = 0) in a baseline it needs. `deviation_min` is a floor of s for sparse series (0.5 to 1 is
// usual; 0: none). Sums are of integers: exact for counts below 100 million.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace commonwatch::statistics {

inline constexpr std::size_t kEarsBaselineDays = 7;
inline constexpr std::size_t kEarsC1Days = 8;
inline constexpr std::size_t kEarsC2Days = 10;
inline constexpr std::size_t kEarsC3Days = 12;

// Beyond these, and not at them, a day is an alarm.
inline constexpr double kEarsC1Threshold = 3;
inline constexpr double kEarsC2Threshold = 3;
inline constexpr double kEarsC3Threshold = 2;

std::optional<double> ears_c1(std::span<const std::uint32_t> counts, double deviation_min = 0);
std::optional<double> ears_c2(std::span<const std::uint32_t> counts, double deviation_min = 0);
std::optional<double> ears_c3(std::span<const std::uint32_t> counts, double deviation_min = 0);

// What the day's count must exceed to be an alarm of C1 or of C2: m + 3 s.
std::optional<double> ears_c1_bound(std::span<const std::uint32_t> counts,
                                    double deviation_min = 0);
std::optional<double> ears_c2_bound(std::span<const std::uint32_t> counts,
                                    double deviation_min = 0);

inline bool is_alarm(std::optional<double> score, double threshold) {
  return score && *score > threshold;
}

}  // namespace commonwatch::statistics
