// What the fold follows: part of the configuration event.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "hub/model/cell.h"

namespace commonwatch::hotspot {

// Windows that one scan may have: a row of counts fits 32 bytes.
inline constexpr std::size_t kWindowsMax = 6;

// A polygon that is counted as a whole, and belongs to one jurisdiction.
struct NamedArea {
  std::string name;
  std::string jurisdiction;
  std::vector<model::LatLng> polygon;  // as model::AreaRequest
  int fixed_threshold = 0;  // persons in 24 hours, for comparison; 0: none
};

// Names are those of areas' jurisdictions, or kWholeJurisdiction.
struct JurisdictionSettings {
  std::string name;
  std::string time_zone;
};

// Without named areas there is one jurisdiction of this name; with them, it is where none is.
inline constexpr const char* kWholeJurisdiction = "all";

struct Settings {
  // S2 levels of the cells that are counted, 9 (20 km) to 15 (250 m); 3x3 blocks from the second
  // level on.
  int level_min = 9;
  int level_max = 15;
  // Windows of occurred time, in hours, rising, 1 to 168; at most kWindowsMax.
  std::vector<int> windows_hours = {6, 12, 24, 48, 96, 168};
  // Persons that a hotspot has at least.
  int count_min = 3;
  // Persons that every zone is taken to have had besides those that were seen: the shape of the
  // gamma prior of its rate.
  double prior_persons = 1.5;
  // UTC days before today that do not count into the baseline, so that a cluster does not become
  // its own expectation.
  int guard_days = 7;
  // Length of the trailing period, in days.
  int trailing_days = 365;
  // Of exposure, below which nothing opens.
  int exposure_days_min = 28;
  // Recurrence intervals from which a hotspot is a note, a watch, an alert.
  int note_days = 30;
  int watch_days = 100;
  int alert_days = 365;
  // Simulated days behind a calibration.
  int null_days = 36'500;
  // Hours of the week and days follow it, in every jurisdiction without a time zone of its own.
  // Calibrations of all jurisdictions are made in its night.
  std::string time_zone = "UTC";
  // Those with a time zone of their own, in order of name.
  std::vector<JurisdictionSettings> jurisdictions;
  // Persons in the trailing period from which a single geocode is proposed as a facility or a
  // placeholder.
  int proposal_persons_min = 10;
  // In order of name.
  std::vector<NamedArea> areas;

  const std::string& time_zone_of(const std::string& jurisdiction) const;
  // One `key = value` a line, sorted; the same settings give the same text.
  std::string canonical() const;
};

// Throws Failure (kInvalidRequest) that names the setting if one is out of range: this is
// start-up.
void check(const Settings& settings);

}  // namespace commonwatch::hotspot
