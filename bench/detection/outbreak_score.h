// What a method's alarms are worth on series whose outbreaks are known.
//
// By Noufaily et al. 2019, Bioinformatics 35:3110. Only the last 49 weeks are scored. A series
// holds at most one outbreak: the days on which it has outbreak cases, from the first to the last.
//   fpr         alarms on scored days without outbreak cases / all such days
//   pod         outbreaks with an alarm on a day with outbreak cases / all outbreaks
//   timeliness  mean of (first such alarm - first day) / (days from first to last, both counted);
//               1 where there is none: 0 is best
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace commonwatch::detection {

inline constexpr std::size_t kScoredDays = 343;

// A method's statistic on the scored days of one series; an alarm is what is above a threshold.
// Minus infinity where it has none.
using Statistic = std::vector<double>;

struct Score {
  double fpr = 0;
  double pod = 0;
  double timeliness = 0;
};

// `outbreaks` holds, series by series, the outbreak cases of the scored days, and `statistics` as
// many series of as many days. Figures over nothing (no outbreak, no day without) are NaN.
Score score(std::span<const Statistic> statistics,
            std::span<const std::vector<std::uint32_t>> outbreaks, double threshold);

// The lowest threshold, among the values that occurred, at which the fpr is at most `fpr`.
double threshold_at(std::span<const Statistic> statistics,
                    std::span<const std::vector<std::uint32_t>> outbreaks, double fpr);

}  // namespace commonwatch::detection
