// Years of a county in which nothing happens but chance: what the thresholds of `power` come from.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/detection/county.h"
#include "bench/detection/methods.h"
#include "hub/hotspot/calibration.h"

namespace commonwatch::detection {

// The trailing year, the guard, and a week to spare.
inline constexpr hotspot::Day kHistoryDays = 380;
inline constexpr hotspot::Day kYearDays = 365;

// All that is reported on incidents of so many days from kFirstDay on, as it comes.
std::vector<Report> simulate_reports(const County& county, hotspot::Day days, std::uint64_t seed,
                                     Random& random);

// When what rolls is looked at; what is of the calendar day is looked at whenever it changes.
enum class Looks { kEveryReportAndHour, kMidnight };

// The daily values of all methods in a year behind the history.
std::vector<Values> simulate_year(const County& county, const hotspot::Settings& settings,
                                  std::uint64_t seed, int number, Looks looks);

// What the hub would calibrate with, had it seen such a history.
hotspot::NullModel learn_null(const County& county, const hotspot::Settings& settings,
                              std::uint64_t seed, int number);

}  // namespace commonwatch::detection
