#include "hub/health/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "hub/base/error.h"

namespace commonwatch::health {
namespace {

constexpr std::size_t kPrefixesMax = 64;
constexpr std::size_t kPrefixBytesMax = 64;

std::string text(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return std::string(digits.data(), end);
}

std::string text(const std::vector<std::string>& values) {
  std::string list = "[";
  for (const std::string& value : values) {
    if (list.size() > 1) list += ", ";
    list += '"' + value + '"';
  }
  return list + "]";
}

void require(bool holds, const char* name, const char* allowed) {
  if (holds) return;
  const std::string field = std::string("health.") + name;
  throw Failure(make_error(ErrorCode::kInvalidRequest,
                           field + " must be " + allowed + "; correct the configuration", field));
}

bool is_prefix(const std::string& prefix) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !prefix.empty() && prefix.size() <= kPrefixBytesMax && prefix.front() != '.' &&
         std::all_of(prefix.begin(), prefix.end(), allowed);
}

bool within(int value, int low, int high) { return value >= low && value <= high; }

void sort_unique(std::vector<std::string>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void check_learning(const Settings& settings) {
  require(within(settings.trailing_days, 28, 56), "trailing_days", "a number from 28 to 56 days");
  require(within(settings.starting_days, 1, 28), "starting_days", "a number from 1 to 28 days");
  require(within(settings.starting_events, 1, 100'000), "starting_events",
          "a number from 1 to 100000");
  require(settings.retired_days > settings.trailing_days && settings.retired_days <= 3650,
          "retired_days", "more than trailing_days and at most 3650 days");
}

void check_judging(const Settings& settings) {
  require(settings.silence_probability_max > 0 && settings.silence_probability_max <= 0.5,
          "silence_probability_max", "more than 0 and at most 0.5");
  require(settings.silence_interval_days >= 1 && settings.silence_interval_days <= 36'500,
          "silence_interval_days", "a number from 1 to 36500 days");
  require(settings.silence_gap_factor >= 1 && settings.silence_gap_factor <= 100,
          "silence_gap_factor", "a number from 1 to 100");
  require(within(settings.silence_minutes_min, 1, 10'080), "silence_minutes_min",
          "a number from 1 to 10080 minutes");
  require(within(settings.late_events_min, 1, 100'000), "late_events_min",
          "a number from 1 to 100000");
  require(within(settings.late_seconds_min, 0, 31'536'000), "late_seconds_min",
          "a number from 0 to 31536000 seconds");
  require(within(settings.watermark_step_minutes, 1, 1440), "watermark_step_minutes",
          "a number from 1 to 1440 minutes");
}

}  // namespace

Settings normalised(Settings settings) {
  sort_unique(settings.group_prefixes);
  require(
      settings.group_prefixes.size() <= kPrefixesMax &&
          std::all_of(settings.group_prefixes.begin(), settings.group_prefixes.end(), is_prefix),
      "group_prefixes", "at most 64 beginnings of names, each 1 to 64 of a-z 0-9 - _ .");
  require(within(settings.group_sources_min, 2, 1'000'000), "group_sources_min",
          "a number from 2 to 1000000");
  require(settings.group_events_per_day_max >= 0 && settings.group_events_per_day_max <= 1e6,
          "group_events_per_day_max", "a number from 0 to 1000000");
  check_learning(settings);
  check_judging(settings);
  return settings;
}

std::string Settings::canonical() const {
  std::vector<std::string> prefixes = group_prefixes;
  sort_unique(prefixes);
  return "group_events_per_day_max = " + text(group_events_per_day_max) +    //
         "\ngroup_prefixes = " + text(prefixes) +                            //
         "\ngroup_sources_min = " + std::to_string(group_sources_min) +      //
         "\nlate_events_min = " + std::to_string(late_events_min) +          //
         "\nlate_seconds_min = " + std::to_string(late_seconds_min) +        //
         "\nretired_days = " + std::to_string(retired_days) +                //
         "\nsilence_gap_factor = " + text(silence_gap_factor) +              //
         "\nsilence_interval_days = " + text(silence_interval_days) +        //
         "\nsilence_minutes_min = " + std::to_string(silence_minutes_min) +  //
         "\nsilence_probability_max = " + text(silence_probability_max) +    //
         "\nstarting_days = " + std::to_string(starting_days) +              //
         "\nstarting_events = " + std::to_string(starting_events) +          //
         "\ntrailing_days = " + std::to_string(trailing_days) +              //
         "\nwatermark_step_minutes = " + std::to_string(watermark_step_minutes) + "\n";
}

}  // namespace commonwatch::health
