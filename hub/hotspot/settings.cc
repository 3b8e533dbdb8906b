#include "hub/hotspot/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace commonwatch::hotspot {
namespace {

std::string text(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return std::string(digits.data(), end);
}

std::string text(const std::vector<int>& values) {
  std::string list = "[";
  for (const int value : values) {
    if (list.size() > 1) list += ", ";
    list += std::to_string(value);
  }
  return list + "]";
}

void require(bool holds, const char* name, const char* allowed) {
  if (holds) return;
  const std::string field = std::string("hotspot.") + name;
  throw Failure(make_error(ErrorCode::kInvalidRequest,
                           field + " must be " + allowed + "; correct the configuration", field));
}

void sort_unique(std::vector<int>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool is_score(double value) { return value >= 0 && value <= 1000; }

}  // namespace

Settings normalised(Settings settings) {
  sort_unique(settings.levels);
  sort_unique(settings.windows_hours);
  require(!settings.levels.empty() && settings.levels.front() >= model::kTileLevel &&
              settings.levels.back() <= model::kLeafLevel,
          "levels", "a list of S2 levels from 9 to 20");
  require(!settings.windows_hours.empty() && settings.windows_hours.front() >= 1 &&
              settings.windows_hours.back() <= 24 * 28,
          "windows_hours", "a list of numbers from 1 to 672 hours");
  require(settings.count_min >= 1 && settings.count_min <= 1'000'000, "count_min",
          "a number from 1 to 1000000");
  require(settings.prior_days > 0 && settings.prior_days <= 1e6, "prior_days",
          "more than 0 and at most 1000000 days");
  require(settings.guard_days >= 0 && settings.guard_days <= 365, "guard_days",
          "a number from 0 to 365 days");
  require(settings.trailing_days >= 28 && settings.trailing_days <= 3650, "trailing_days",
          "a number from 28 to 3650 days");
  require(is_score(settings.note_score), "note_score", "a number from 0 to 1000");
  require(is_score(settings.watch_score) && settings.watch_score >= settings.note_score,
          "watch_score", "a number from note_score to 1000");
  require(is_score(settings.alert_score) && settings.alert_score >= settings.watch_score,
          "alert_score", "a number from watch_score to 1000");
  return settings;
}

std::string Settings::canonical() const {
  std::vector<int> sorted_levels = levels;
  std::vector<int> sorted_windows = windows_hours;
  sort_unique(sorted_levels);
  sort_unique(sorted_windows);
  return "alert_score = " + text(alert_score) +                  //
         "\ncount_min = " + std::to_string(count_min) +          //
         "\nguard_days = " + std::to_string(guard_days) +        //
         "\nlevels = " + text(sorted_levels) +                   //
         "\nnote_score = " + text(note_score) +                  //
         "\nprior_days = " + text(prior_days) +                  //
         "\ntrailing_days = " + std::to_string(trailing_days) +  //
         "\nwatch_score = " + text(watch_score) +                //
         "\nwindows_hours = " + text(sorted_windows) + "\n";
}

}  // namespace commonwatch::hotspot
