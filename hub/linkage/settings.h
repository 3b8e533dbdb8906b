// What the rules of linkage are measured with.
#pragma once

#include <cstdint>
#include <string>

namespace commonwatch::linkage {

// Lengths in metres, times in minutes. The defaults are what docs and tests speak of.
struct Settings {
  // Two agencies place one incident this far apart at most, when neither states an accuracy: the
  // width of a block, and what geocoders make of it.
  std::uint32_t distance_base_m = 250;
  // Stated accuracies add to the base, up to this: beyond, place says nothing (Austin links crashes
  // and ambulance runs within 1,200 m).
  std::uint32_t distance_cap_m = 1'200;
  // What an area's middle is taken to be accurate to when it does not say: half a postal code.
  std::uint32_t area_accuracy_m = 750;
  // Call, dispatch and arrival of two agencies at one scene lie this far apart at most. With 30 one
  // in 300 bad batches (six in three hours on a corner, told twice) leaves a report unpaired.
  std::uint32_t time_base_minutes = 45;
  // A facility books the patient in after the call, the scene and the ride.
  std::uint32_t time_facility_minutes = 60;
  // The same number of one partner means the same incident within this time and distance only:
  // numbers begin anew, and are mistyped.
  std::uint32_t number_minutes = 24 * 60;
  std::uint32_t number_distance_m = 5'000;
  // A number that more records of one partner carry in one day (UTC) stands for "none", and links
  // nothing that day.
  std::uint32_t number_records_max = 8;
  // More records of one source than this at one second and geocode are no repeats of a dispatch but
  // a time or a place that was filled in: the rule of the same second links none of them.
  std::uint32_t second_records_max = 8;
  // More records than this in one block (an hour, and 1 km; 4 km for records placed by an area or a
  // facility) are a flood: nearness links none of them.
  std::uint32_t block_records_max = 64;
  // More records than this that hang together by possible links: only their better links count.
  std::uint32_t component_records_max = 256;
  // What `explain` names of the nearest records that were not linked.
  std::uint32_t explain_candidates_max = 10;

  // One `name = value` a line, by name: equal settings have equal text.
  std::string canonical() const;
  friend bool operator==(const Settings&, const Settings&) = default;
};

// The same settings. Throws Failure (kInvalidRequest) that names the one that is out of range: this
// is start-up.
Settings checked(const Settings& settings);

}  // namespace commonwatch::linkage
