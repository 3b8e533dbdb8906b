// The results as a Markdown table for people and as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "bench/runner.h"

namespace commonwatch::bench {

// What the figures were measured on and with.
struct Conditions {
  std::string machine;   // processor, cores, memory, kernel, file system
  std::string versions;  // compiler, build type, RocksDB
  std::string date;      // UTC
  unsigned rounds = 0;
};
Conditions read_conditions(const Setup& setup, unsigned rounds);

// One row for each figure of each contender: median, smallest and largest round, and for limits and
// peers the hub's median over theirs (for each row of the hub).
std::string print_table(const Conditions& conditions, const std::vector<WorkloadResult>& results);
// One row for each figure of a curve: how it grows. Empty where no workload has a curve.
std::string print_curves(const std::vector<WorkloadResult>& results);
std::string print_json(const Conditions& conditions, const std::vector<WorkloadResult>& results);

}  // namespace commonwatch::bench
