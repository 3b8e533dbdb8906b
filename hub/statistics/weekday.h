// What a daily series does by day of the week, and how far it strays from that. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace commonwatch::statistics {

inline constexpr std::size_t kWeekdays = 7;

// The mean count of each day of the week; index 0 is the weekday of the first count. 0 for a
// weekday that did not occur.
std::array<double, kWeekdays> day_of_week_means(std::span<const std::uint32_t> counts);

// The dispersion a of a negative binomial with variance m + a m², by the method of moments:
//   sum((y - m)² - m) / sum(m²),   at least 1e-6
// m is the mean of the count's weekday, index 0 being that of the first count.
double overdispersion(std::span<const std::uint32_t> counts,
                      const std::array<double, kWeekdays>& means);

}  // namespace commonwatch::statistics
