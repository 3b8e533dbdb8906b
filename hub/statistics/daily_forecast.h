// What the next day of a daily series should count, learnt from its days so far. Not thread-safe;
// a pure fold: the same counts in the same order give the same forecasts, bit for bit.
//
// The mean is a product of what has its own pace:
//   season   mean of the same days of earlier years, +-17 days; without them the trailing year's
//   weekday  this weekday's share of the week around it in earlier years, shrunk (gamma-Poisson)
//            towards its share of the trailing two years
//   level    counts over (season x weekday) of 28 days, two days back so that an outbreak does not
//            hide itself at once; without the two highest and lowest days; shrunk towards 1
//   day      a day that strayed the same way in at least the last two years (a public holiday): by
//            how much
// The variance is mean x factor (quasi-Poisson, as Farrington 1996, J R Stat Soc A 159:547, and
// Noufaily 2013, Stat Med 32:1206). The factor is learnt from the forecasts' own errors, so that it
// holds the model's error as well as chance. What lies more than three deviations off teaches the
// season no more than three.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace commonwatch::statistics {

// A year of 52 whole weeks, so that a day meets its own weekday in earlier years.
inline constexpr std::size_t kSeasonDays = 364;
// Before this there is no forecast.
inline constexpr std::size_t kForecastDaysMin = 56;

// Variance over mean, at least 1, of forecasts of one kind: the mean of their squared Pearson
// errors, each capped at three deviations, forgotten with a time constant of a year.
class VarianceFactor {
 public:
  void learn(double error, double mean);
  double value() const;

 private:
  // As if fifty forecasts had shown one and a half.
  double weight_ = 50;
  double sum_ = 75;
};

struct Forecast {
  double mean = 0;
  double variance = 0;
};

class DailyForecast {
 public:
  DailyForecast() { prepare(); }

  // Of the day that comes next; nothing in the first kForecastDaysMin days.
  std::optional<Forecast> next() const;
  // The next day's count. Memory grows by 56 bytes a day; time does not grow after five years.
  void learn(std::uint32_t count);

 private:
  struct Day {
    double season = 0;
    double weekday = 1;
    double special = 1;     // the day's own factor
    double plain = -1;      // the forecast without it; -1: none yet
    double learnt = 0;      // the count as it teaches
    double learnt_sum = 0;  // of the days before
    double count = 0;
  };

  void prepare();
  double season_of_next() const;
  double weekday_of_next() const;
  double level_of_next() const;
  double special_of_next() const;
  double learnt_between(std::size_t from, std::size_t to) const;
  double lesson_of(const Day& day) const;

  std::vector<Day> days_;  // the last one is the next day
  std::array<double, 7> weekday_sums_{};
  VarianceFactor factor_;
};

}  // namespace commonwatch::statistics
