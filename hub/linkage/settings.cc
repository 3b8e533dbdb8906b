#include "hub/linkage/settings.h"

#include "hub/base/error.h"

namespace commonwatch::linkage {
namespace {

void require(const char* name, std::uint32_t value, std::uint32_t low, std::uint32_t high) {
  if (value >= low && value <= high) return;
  const std::string field = std::string("linkage.") + name;
  throw Failure(make_error(ErrorCode::kInvalidRequest,
                           field + " must be a number from " + std::to_string(low) + " to " +
                               std::to_string(high) + "; correct the configuration",
                           field));
}

std::string line(const char* name, std::uint32_t value) {
  return std::string(name) + " = " + std::to_string(value) + "\n";
}

}  // namespace

std::string Settings::canonical() const {
  return line("area_accuracy_m", area_accuracy_m) + line("block_records_max", block_records_max) +
         line("component_records_max", component_records_max) +
         line("distance_base_m", distance_base_m) +  //
         line("distance_cap_m", distance_cap_m) +
         line("explain_candidates_max", explain_candidates_max) +
         line("number_distance_m", number_distance_m) + line("number_minutes", number_minutes) +
         line("number_records_max", number_records_max) +
         line("second_records_max", second_records_max) +
         line("time_base_minutes", time_base_minutes) +
         line("time_facility_minutes", time_facility_minutes);
}

Settings checked(const Settings& settings) {
  require("area_accuracy_m", settings.area_accuracy_m, 0, 100'000);
  require("block_records_max", settings.block_records_max, 1, 1'000'000);
  require("component_records_max", settings.component_records_max, 2, 4'096);
  require("distance_cap_m", settings.distance_cap_m, 1, 4'000);
  require("distance_base_m", settings.distance_base_m, 1, settings.distance_cap_m);
  require("explain_candidates_max", settings.explain_candidates_max, 1, 1'000);
  require("number_minutes", settings.number_minutes, 1, 24 * 60);
  require("number_distance_m", settings.number_distance_m, 1, 50'000);
  require("number_records_max", settings.number_records_max, 1, 1'000'000);
  require("second_records_max", settings.second_records_max, 1, 1'000'000);
  require("time_facility_minutes", settings.time_facility_minutes, 1, 24 * 60);
  require("time_base_minutes", settings.time_base_minutes, 1, settings.time_facility_minutes);
  return settings;
}

}  // namespace commonwatch::linkage
