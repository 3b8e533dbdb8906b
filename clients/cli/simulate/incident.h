// What happened, before anybody reports it.
#pragma once

#include <vector>

#include "clients/cli/simulate/city_plan.h"

namespace commonwatch::cli {

struct Incident {
  std::uint64_t ordinal = 0;  // within the run, from 1
  Instant occurred{};         // to the second
  Point place;
  v1::Place kind = v1::PLACE_UNSPECIFIED;
  std::vector<v1::Person> persons;  // with their outcome in truth
  std::vector<v1::Substance> substances;
  v1::Transport transport = v1::TRANSPORT_UNSPECIFIED;
  bool overdose = true;  // false: it only looked like one
};

// The incidents of the day, and all those of outbreaks that begin on it; in no order. Their
// ordinals begin at `first_ordinal`.
std::vector<Incident> incidents_of_day(const CityPlan& plan, int day, std::uint64_t first_ordinal);

}  // namespace commonwatch::cli
