// The engine's judgement of one daily series without places and hours: does today, or do the last
// few days together, lie beyond what should be? Not thread-safe; a pure fold.
//
// For windows of 1, 2, 3, 5 and 7 days that end today: the negative binomial tail of the window's
// count, with the sum of the days' forecasts (daily_forecast.h) as mean, and a variance factor
// learnt from the errors of windows of this length, which holds what neighbouring days' errors
// share. The smallest tail decides, and only if today itself is unusual (middle tail below 0.05): a
// window goes on holding an outbreak when it is over, today does not.
//
// What the threshold of 0.003 costs is not analytic: five windows that overlap, and the gate. On
// simulated series that are as the forecast assumes (3 to 200 a day, variance one or two times the
// mean) it is an alarm on 0.5 to 0.6 % of days; holidays that move, and epidemics, come on top.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "hub/statistics/daily_forecast.h"

namespace commonwatch::statistics {

inline constexpr std::array<std::size_t, 5> kTemporalWindows = {1, 2, 3, 5, 7};
inline constexpr double kTemporalThreshold = 0.003;
inline constexpr double kTemporalGate = 0.05;
inline constexpr std::uint64_t kTemporalCountMin = 3;

struct TemporalJudgement {
  double expected = 0;  // of today
  double p_value = 1;   // of the most unusual window; 1 where today is nothing unusual
  // That window; today alone where none is unusual.
  std::size_t window_days = 1;
  std::uint64_t window_count = 0;
  double window_expected = 0;
  bool alarm = false;
};

class TemporalDetector {
 public:
  // Judges the next day's count by the days before it, then learns from it. Nothing in the first
  // kForecastDaysMin days.
  std::optional<TemporalJudgement> judge(std::uint32_t count);

 private:
  struct Day {
    std::uint64_t count = 0;
    double expected = 0;
  };

  TemporalJudgement judge_windows(double today_variance);
  void learn_windows();

  DailyForecast forecast_;
  std::array<Day, kTemporalWindows.back()> recent_{};  // by day modulo its size
  std::size_t days_ = 0;                               // with a forecast
  std::array<VarianceFactor, kTemporalWindows.size()> factors_;
};

}  // namespace commonwatch::statistics
