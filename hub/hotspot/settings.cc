#include "hub/hotspot/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "hub/base/error.h"
#include "hub/model/cell.h"
#include "hub/model/time_zone.h"

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

// A hash would do, but the log is to say what was in force.
std::string text(const NamedArea& area) {
  std::string line = "area." + area.name + " = \"" + area.jurisdiction + "\" threshold " +
                     std::to_string(area.fixed_threshold);
  for (const model::LatLng& vertex : area.polygon) {
    line += " " + text(vertex.latitude) + "," + text(vertex.longitude);
  }
  return line + "\n";
}

bool within(int value, int low, int high) { return value >= low && value <= high; }

bool rises(const std::vector<int>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
}

}  // namespace

namespace {

void require_zone(const std::string& name, const std::string& field) {
  if (const auto zone = model::TimeZone::load(name); !zone) {
    throw Failure(make_error(zone.error().code, field + ": " + zone.error().message, field));
  }
}

// A jurisdiction that no area names is a slip of the pen.
void check_jurisdictions(const Settings& settings) {
  const std::string* before = nullptr;
  for (const JurisdictionSettings& one : settings.jurisdictions) {
    const bool is_known =
        one.name == kWholeJurisdiction ||
        std::any_of(settings.areas.begin(), settings.areas.end(),
                    [&](const NamedArea& area) { return area.jurisdiction == one.name; });
    if (!is_known || (before && *before >= one.name)) {
      throw Failure(make_error(
          ErrorCode::kInvalidRequest,
          "jurisdiction \"" + one.name + "\" " +
              (is_known ? "stands there twice; leave one out"
                        : "is named by no area; correct the name, or add an [[area]] of it"),
          "jurisdiction"));
    }
    require_zone(one.time_zone, "jurisdiction.time_zone");
    before = &one.name;
  }
}

}  // namespace

void check(const Settings& settings) {
  require(within(settings.level_min, model::kTileLevel, 15), "level_min", "a level from 9 to 15");
  require(within(settings.level_max, settings.level_min, 15), "level_max",
          "a level from level_min to 15");
  const auto& windows = settings.windows_hours;
  require(!windows.empty() && windows.size() <= kWindowsMax && rises(windows) &&
              windows.front() >= 1 && windows.back() <= 168,
          "windows_hours", "1 to 6 rising numbers of hours from 1 to 168");
  require(within(settings.count_min, 1, 1000), "count_min", "a number from 1 to 1000");
  require(settings.prior_persons > 0 && settings.prior_persons <= 1000, "prior_persons",
          "more than 0 and at most 1000 persons");
  require(within(settings.guard_days, 7, 60), "guard_days", "a number from 7 to 60 days");
  require(within(settings.trailing_days, 28, 3650), "trailing_days",
          "a number from 28 to 3650 days");
  require(within(settings.exposure_days_min, 14, settings.trailing_days), "exposure_days_min",
          "a number from 14 to trailing_days");
  require(within(settings.note_days, 7, 3650), "note_days", "a number from 7 to 3650 days");
  require(within(settings.watch_days, settings.note_days, 3650), "watch_days",
          "a number from note_days to 3650");
  require(within(settings.alert_days, settings.watch_days, 3650), "alert_days",
          "a number from watch_days to 3650");
  require(within(settings.null_days, 3650, 1'000'000), "null_days",
          "a number from 3650 to 1000000 days");
  require(within(settings.proposal_persons_min, 3, 1000), "proposal_persons_min",
          "a number from 3 to 1000");
  for (std::size_t i = 0; i < settings.areas.size(); ++i) {
    require(!settings.areas[i].name.empty() && !settings.areas[i].jurisdiction.empty() &&
                (i == 0 || settings.areas[i - 1].name < settings.areas[i].name),
            "areas", "areas with a name and a jurisdiction, each name once");
  }
  require_zone(settings.time_zone, "hotspot.time_zone");
  check_jurisdictions(settings);
}

const std::string& Settings::time_zone_of(const std::string& jurisdiction) const {
  for (const JurisdictionSettings& one : jurisdictions) {
    if (one.name == jurisdiction) return one.time_zone;
  }
  return time_zone;
}

std::string Settings::canonical() const {
  std::string named;
  for (const NamedArea& area : areas) named += text(area);
  std::string zones;
  for (const JurisdictionSettings& one : jurisdictions) {
    zones += "jurisdiction." + one.name + " = \"" + one.time_zone + "\"\n";
  }
  return "alert_days = " + std::to_string(alert_days) +                    //
         "\ncount_min = " + std::to_string(count_min) +                    //
         "\nexposure_days_min = " + std::to_string(exposure_days_min) +    //
         "\nguard_days = " + std::to_string(guard_days) +                  //
         "\nlevel_max = " + std::to_string(level_max) +                    //
         "\nlevel_min = " + std::to_string(level_min) +                    //
         "\nnote_days = " + std::to_string(note_days) +                    //
         "\nnull_days = " + std::to_string(null_days) +                    //
         "\nprior_persons = " + text(prior_persons) +                      //
         "\nproposal_persons_min = " + std::to_string(proposal_persons_min) +  //
         "\ntime_zone = \"" + time_zone + "\"" +                           //
         "\ntrailing_days = " + std::to_string(trailing_days) +            //
         "\nwatch_days = " + std::to_string(watch_days) +                  //
         "\nwindows_hours = " + text(windows_hours) + "\n" + named + zones;
}

}  // namespace commonwatch::hotspot
