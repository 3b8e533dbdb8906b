#include "bench/curve.h"

#include <algorithm>
#include <cmath>

namespace commonwatch::bench {

std::optional<double> Curve::exponent() const {
  const auto count = static_cast<double>(points.size());
  double x_sum = 0;
  double y_sum = 0;
  for (const CurvePoint& point : points) {
    if (point.size <= 0 || point.median <= 0) return std::nullopt;
    x_sum += std::log(point.size);
    y_sum += std::log(point.median);
  }
  double xx = 0;
  double xy = 0;
  for (const CurvePoint& point : points) {
    const double x = std::log(point.size) - x_sum / count;
    xx += x * x;
    xy += x * (std::log(point.median) - y_sum / count);
  }
  return xx > 0 ? std::optional(xy / xx) : std::nullopt;
}

std::vector<Curve> curves_of(const WorkloadResult& workload) {
  std::vector<Curve> curves;
  for (const ContenderResult& contender : workload.contenders) {
    if (contender.size <= 0) continue;
    for (const Figure& figure : contender.figures) {
      auto curve = std::find_if(curves.begin(), curves.end(),
                                [&](const Curve& known) { return known.figure == figure.name; });
      if (curve == curves.end()) curve = curves.insert(curves.end(), {figure.name, {}});
      curve->points.push_back({contender.size, figure.median(), figure.min(), figure.max()});
    }
  }
  return curves;
}

}  // namespace commonwatch::bench
