// Measures the contenders of a workload in alternation, and sums up.
#pragma once

#include <string>
#include <vector>

#include "bench/workload.h"

namespace commonwatch::bench {

// One figure of one contender, over all rounds.
struct Figure {
  std::string name;  // with its unit
  std::vector<double> rounds;
  double median() const;
  double min() const;
  double max() const;
};

struct ContenderResult {
  Role role = Role::kHub;
  std::string name;
  std::string skipped;  // why it has no figures; empty: it has
  std::vector<Figure> figures;
  double size = 0;  // on the workload's curve; 0: there is none
  const Figure* find(const std::string& figure) const;
};

struct WorkloadResult {
  std::string name;
  std::string summary;
  std::vector<ContenderResult> contenders;
  std::string axis = {};  // of the curve; empty: there is none
};

// Hub, limits and peers one after the other, `rounds` times, so that what drifts on the machine
// drifts for all.
WorkloadResult run_workload(const Workload& workload, const Setup& setup, unsigned rounds);

}  // namespace commonwatch::bench
