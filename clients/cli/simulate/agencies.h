// Who reports an incident, when, and how well.
#pragma once

#include <vector>

#include "clients/cli/simulate/incident.h"

namespace commonwatch::cli {

inline constexpr const char* kEmsSource = "sim-ems/cad";
inline constexpr const char* kPoliceSource = "sim-police/rms";
inline constexpr const char* kHospitalSource = "sim-hospital/ed";

// All reports on the incident, at most a week behind it and none before it; the reports of one
// source are in order of time.
std::vector<SimulatedReport> reports_of(const CityPlan& plan, const Incident& incident);

}  // namespace commonwatch::cli
