#include "bench/detection/permutation_scan.h"

#include <algorithm>
#include <cmath>

#include "hub/statistics/likelihood.h"

namespace commonwatch::detection {
namespace {

constexpr std::size_t kCountsTabled = 256;

double study_total(const hotspot::Counts& counts, std::size_t longest) {
  return static_cast<double>(counts.n[hotspot::Counts::kHistory]) +
         static_cast<double>(counts.n[longest]);
}

}  // namespace

PermutationScan::PermutationScan(const hotspot::Settings& settings, const hotspot::Scan& scan)
    : settings_(settings), scan_(scan) {
  const std::size_t sites = scan.zones().sites();
  for (std::size_t site = 0; site < sites; ++site) {
    note(static_cast<hotspot::SiteIndex>(site));
  }
}

void PermutationScan::note(hotspot::SiteIndex site) {
  const std::size_t longest = settings_.windows_hours.size() - 1;
  is_live_.resize(scan_.zones().zones());
  for (const hotspot::ZoneIndex zone : scan_.zones().zones_of(site)) {
    if (is_live_[zone] != 0) continue;
    if (scan_.zones().counts(zone).n[longest] < static_cast<std::uint32_t>(settings_.count_min)) {
      continue;
    }
    is_live_[zone] = 1;
    live_.push_back(zone);
  }
}

void PermutationScan::evaluate(hotspot::ZoneIndex zone) {
  const std::size_t longest = settings_.windows_hours.size() - 1;
  const hotspot::Counts& counts = scan_.zones().counts(zone);
  const double in_zone = study_total(counts, longest);
  const double in_all = study_total(all_, longest);
  hotspot::Exceedance best{zone, 0, 0};
  for (std::size_t window = 0; window <= longest; ++window) {
    const std::uint32_t count = counts.n[window];
    if (count < static_cast<std::uint32_t>(settings_.count_min)) continue;
    const double expected = in_zone * all_.n[window] / in_all;
    if (count < expected * ratio_min_[std::min<std::size_t>(count, kCountsTabled - 1)]) continue;
    const double score =
        statistics::permutation_ratio(count, in_zone, all_.n[window], in_all);
    if (score < score_min_ || score <= best.score) continue;
    best.window = static_cast<std::uint8_t>(window);
    best.score = score;
  }
  if (best.score > 0) exceedances_.push_back(best);
}

const std::vector<hotspot::Exceedance>& PermutationScan::exceedances(double score_min) {
  exceedances_.clear();
  if (score_min != score_min_ || ratio_min_.empty()) {
    // C ln(C/B) alone is more than the score; for the last count and beyond nothing is left out.
    ratio_min_.assign(kCountsTabled, 1);
    for (std::size_t count = 1; count + 1 < kCountsTabled; ++count) {
      ratio_min_[count] = std::exp(score_min / static_cast<double>(count));
    }
    score_min_ = score_min;
  }
  const auto all = scan_.zones().find({model::ZoneKind::kArea, model::Cell(), {}}, 0);
  if (!all) return exceedances_;
  all_ = scan_.zones().counts(*all);
  const std::size_t longest = settings_.windows_hours.size() - 1;
  std::erase_if(live_, [&](hotspot::ZoneIndex zone) {
    const bool enough = scan_.zones().counts(zone).n[longest] >=
                        static_cast<std::uint32_t>(settings_.count_min);
    if (!enough) is_live_[zone] = 0;
    return !enough;
  });
  for (const hotspot::ZoneIndex zone : live_) evaluate(zone);
  return exceedances_;
}

}  // namespace commonwatch::detection
