// The space-time permutation scan over the zones and windows of the hub's scan: no baseline and no
// profile, what is expected is the zone's share of all times the window's share of all (Kulldorff
// 2005, PLoS Med 2:e59). The study period is the trailing period and the longest window. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "hub/hotspot/scan.h"

namespace commonwatch::detection {

class PermutationScan {
 public:
  // Both outlive it. Begins with what is counted now.
  PermutationScan(const hotspot::Settings& settings, const hotspot::Scan& scan);

  // To be called for the site of everything that is counted from now on.
  void note(hotspot::SiteIndex site);
  // Every zone that reaches the score, with its best window.
  const std::vector<hotspot::Exceedance>& exceedances(double score_min);

 private:
  void evaluate(hotspot::ZoneIndex zone);

  const hotspot::Settings& settings_;
  const hotspot::Scan& scan_;
  std::vector<hotspot::ZoneIndex> live_;  // where the longest window may hold enough
  std::vector<std::uint8_t> is_live_;
  double score_min_ = 0;
  std::vector<double> ratio_min_;  // by count: below this count / expected no score suffices
  hotspot::Counts all_;
  std::vector<hotspot::Exceedance> exceedances_;
};

}  // namespace commonwatch::detection
