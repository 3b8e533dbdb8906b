#include "hub/app/area_keys.h"

#include <algorithm>

#include "hub/app/areas.h"
#include "hub/base/error.h"
#include "hub/model/time_zone.h"

namespace commonwatch::app {
namespace {

using hotspot::JurisdictionSettings;

constexpr std::size_t kNameBytesMax = 64;

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         std::none_of(name.begin(), name.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool is_zone(const std::string& name) {
  return !name.empty() && model::TimeZone::load(name).has_value();
}

constexpr auto kByName = [](const auto& a, const auto& b) { return a.name < b.name; };

}  // namespace

const Table<ConfiguredArea>& area_table() {
  using A = ConfiguredArea;
  static const Table<A> table = {
      "area",
      "a polygon that is counted as a whole, and belongs to a jurisdiction, which has its own "
      "rhythm, rate and calibration",
      {
          optional(text_that<A>(
              "name", "a name of its own, 1 to 64 bytes",
              [](A & a) -> auto& { return a.area.name; }, is_name)),
          optional(text_that<A>(
              "jurisdiction", "1 to 64 bytes; several areas may share one",
              [](A & a) -> auto& { return a.area.jurisdiction; }, is_name)),
          optional(text<A>(
              "geojson",
              "file with one polygon without holes; a relative path begins at this file's folder",
              [](A & a) -> auto& { return a.geojson; })),
          whole_number<A>(
              "fixed_threshold", "persons in 24 hours, shown for comparison; 0: none", 0, 100'000,
              [](A & a) -> auto& { return a.area.fixed_threshold; }),
      }};
  return table;
}

const Table<JurisdictionSettings>& jurisdiction_table() {
  using J = JurisdictionSettings;
  static const Table<J> table = {
      "jurisdiction",
      "one with a time zone of its own",
      {
          optional(text_that<J>(
              "name", "that of an area's jurisdiction, or \"all\" for where no area is",
              [](J & j) -> auto& { return j.name; }, is_name)),
          optional(text_that<J>(
              "time_zone", "like \"America/New_York\"; known to this machine",
              [](J & j) -> auto& { return j.time_zone; }, is_zone)),
      }};
  return table;
}

std::vector<ConfiguredArea> read_areas(const std::filesystem::path& file, const toml::node& node) {
  std::vector<ConfiguredArea> areas;
  for (Row<ConfiguredArea>& row : read_rows(file, area_table(), node)) {
    hotspot::NamedArea& area = row.value.area;
    if (area.name.empty() || area.jurisdiction.empty() || row.value.geojson.empty()) {
      fail_at(file, row.source, "an area has a name, a jurisdiction and a geojson");
    }
    row.value.geojson = path_from(file, row.value.geojson);
    try {
      area.polygon = read_polygon_file(row.value.geojson);
    } catch (const Failure& failure) {
      fail_at(file, row.source, failure.error().message);
    }
    areas.push_back(std::move(row.value));
  }
  std::sort(areas.begin(), areas.end(),
            [](const auto& a, const auto& b) { return a.area.name < b.area.name; });
  return areas;
}

std::vector<JurisdictionSettings> read_jurisdictions(const std::filesystem::path& file,
                                                     const toml::node& node) {
  std::vector<JurisdictionSettings> jurisdictions;
  for (Row<JurisdictionSettings>& row : read_rows(file, jurisdiction_table(), node)) {
    if (row.value.name.empty() || row.value.time_zone.empty()) {
      fail_at(file, row.source, "a jurisdiction has a name and a time_zone");
    }
    jurisdictions.push_back(std::move(row.value));
  }
  std::sort(jurisdictions.begin(), jurisdictions.end(), kByName);
  return jurisdictions;
}

}  // namespace commonwatch::app
