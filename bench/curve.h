// A figure of a workload over its sizes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/runner.h"

namespace commonwatch::bench {

struct CurvePoint {
  double size = 0;
  double median = 0;
  double min = 0;
  double max = 0;
};

struct Curve {
  std::string figure;
  std::vector<CurvePoint> points;  // in the order of the contenders

  // The slope of the straight line that fits log(median) over log(size) best (least squares):
  // cost grows as size to the power of it. Nothing for fewer than two points, or where one is not
  // above 0.
  std::optional<double> exponent() const;
};

// One for each figure that the contenders with a size have.
std::vector<Curve> curves_of(const WorkloadResult& workload);

}  // namespace commonwatch::bench
