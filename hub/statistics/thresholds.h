// The rules of thumb that are in use for a daily count. Pure; any thread.
//
// `past` are daily counts, oldest first, without the day that is judged. Sums are of
// integers: exact for counts below ten million.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace commonwatch::statistics {

inline constexpr std::size_t kDeviationDaysMin = 28;
inline constexpr std::size_t kDeviationDaysMax = 365;
inline constexpr std::size_t kRecommendedDays = 30;
inline constexpr std::size_t kRecommendedTimes = 3;

// Mean plus two sample deviations (n - 1) of the trailing 365 days, or of as many as there are, at
// least 28. A day beyond it is an alarm. Common practice of health departments.
std::optional<double> mean_plus_two_deviations(std::span<const std::uint32_t> past);

// A threshold somebody typed: an alarm when a count passes it (ODMAP's spike alert: "exceeds").
inline bool passes_fixed_threshold(std::uint32_t count, std::uint32_t threshold) {
  return count > threshold;
}

// ODMAP's recommended threshold: the count reached on three of the last 30 days (Beeson 2017), that
// is the third largest of them. Nothing with less than 30 days of past. ODMAP's own documents do
// not say how it treats quiet areas: 0 is possible here, and then one event passes it.
std::optional<std::uint32_t> recommended_threshold(std::span<const std::uint32_t> past);

}  // namespace commonwatch::statistics
