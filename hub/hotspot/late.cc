#include "hub/hotspot/late.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <tuple>

#include "hub/statistics/likelihood.h"

namespace commonwatch::hotspot {
namespace {

constexpr Hour kLateHoursMin = 6;
constexpr Hour kLateHoursMax = 35 * kHoursOfDay;
constexpr std::size_t kReportsMax = 8;
constexpr double kShareOfBest = 0.9;
constexpr double kSixteenths = 16;

// A zone, by its position among those of the site that was reported, and a window.
struct Window {
  std::size_t zone = 0;
  int hours = 0;
  Hour end = 0;
  double score = 0;
};

// The zones of one site, and what is counted in them around an hour. Everything is summed once for
// all zones; an item adds to the zones that its site shares with this one.
class Around {
 public:
  Around(const Jurisdiction& jurisdiction, SiteIndex site, Hour hour)
      : scan_(jurisdiction.scan()),
        settings_(jurisdiction.settings()),
        zones_(scan_.zones().zones_of(site)),
        hour_(hour),
        first_(hour + 1 - settings_.windows_hours.back()),
        last_(std::min(hour + settings_.windows_hours.back() - 1, *scan_.now() - kLateHoursMin)),
        width_(static_cast<std::size_t>(last_ - first_ + 1)) {
    count_persons();
    count_trailing();
    factors_.assign(settings_.windows_hours.size() * width_, -1);
  }

  ZoneIndex zone(std::size_t position) const { return zones_[position]; }
  // Those at or beyond the score that hold the hour and end with the hour of one of theirs. A
  // window with no more persons than a shorter one is left out: it scores no more.
  std::vector<Window> beyond(double score_min);

 private:
  const std::vector<std::uint16_t>& shared_with(SiteIndex site);
  void count_persons();
  void count_trailing();
  double factor(std::size_t window, Hour end);

  const Scan& scan_;
  const Settings& settings_;
  std::span<const ZoneIndex> zones_;
  Hour hour_;
  Hour first_;
  Hour last_;
  std::size_t width_;
  boost::unordered_flat_map<SiteIndex, std::vector<std::uint16_t>> shared_;
  std::vector<std::uint32_t> before_;                   // by zone: persons up to each hour
  std::vector<std::vector<std::uint32_t>> sixteenths_;  // by days before today, by zone
  std::vector<double> factors_;                         // by window and hour; below 0: not known
};

const std::vector<std::uint16_t>& Around::shared_with(SiteIndex site) {
  const auto [at, is_new] = shared_.try_emplace(site);
  if (!is_new) return at->second;
  const auto others = scan_.zones().zones_of(site);
  std::size_t other = 0;
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    while (other < others.size() && others[other] < zones_[i]) ++other;
    if (other == others.size()) break;
    if (others[other] == zones_[i]) at->second.push_back(static_cast<std::uint16_t>(i));
  }
  return at->second;
}

void Around::count_persons() {
  before_.assign(zones_.size() * (width_ + 1), 0);
  scan_.for_each(first_, last_ + 1, [&](Hour at, const Item& item) {
    if (!scan_.counts(item)) return;
    const auto column = static_cast<std::size_t>(at - first_) + 1;
    for (const std::uint16_t zone : shared_with(item.site)) {
      before_[zone * (width_ + 1) + column] += item.persons;
    }
  });
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    const auto row = before_.begin() + static_cast<std::ptrdiff_t>(zone * (width_ + 1));
    std::partial_sum(row, row + static_cast<std::ptrdiff_t>(width_ + 1), row);
  }
}

void Around::count_trailing() {
  const Day today = day_of(*scan_.now());
  std::vector<std::uint32_t> row;
  for (const ZoneIndex zone : zones_) {
    row.push_back(scan_.zones().counts(zone).n[Counts::kBaseline]);
  }
  sixteenths_.push_back(row);
  for (Day day = today - 1; day >= day_of(hour_); --day) {
    const auto shift = [&](Day of, std::uint32_t sign) {
      scan_.for_each(of * kHoursOfDay, (of + 1) * kHoursOfDay, [&](Hour, const Item& item) {
        const std::uint32_t weighted =
            item.persons * scan_.baseline().weights[item.reporters].baseline;
        for (const std::uint16_t zone : shared_with(item.site)) row[zone] += sign * weighted;
      });
    };
    const TrailingDays trailing = trailing_days(settings_, day);
    shift(trailing.from, 1U);
    shift(trailing.to, ~0U);
    sixteenths_.push_back(row);
  }
}

double Around::factor(std::size_t window, Hour end) {
  double& known = factors_[window * width_ + static_cast<std::size_t>(end - first_)];
  if (known < 0) known = scan_.expectation(settings_.windows_hours[window], end).of_one;
  return known;
}

std::vector<Window> Around::beyond(double score_min) {
  const Day today = day_of(*scan_.now());
  const auto enough = static_cast<std::uint32_t>(settings_.count_min);
  std::vector<Window> windows;
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    const std::uint32_t* const before = before_.data() + zone * (width_ + 1);
    for (Hour end = hour_; end <= last_; ++end) {
      const auto column = static_cast<std::size_t>(end - first_) + 1;
      if (before[column] == before[column - 1]) continue;
      const double rate =
          sixteenths_[static_cast<std::size_t>(today - day_of(end))][zone] / kSixteenths +
          settings_.prior_persons;
      std::uint32_t shorter = 0;
      for (std::size_t i = 0; i < settings_.windows_hours.size(); ++i) {
        const int hours = settings_.windows_hours[i];
        if (end - hours >= hour_) continue;
        const auto from = column - std::min(column, static_cast<std::size_t>(hours));
        const std::uint32_t count = before[column] - before[from];
        if (count < enough || count == shorter) continue;
        shorter = count;
        const double expected = rate * factor(i, end);
        const double above = count - expected;
        // No score is more than above²/expected, as C ln(C/B) is no more than C (C/B - 1).
        if (above <= 0 || above * above < score_min * expected) continue;
        const double score =
            statistics::log_likelihood_ratio(count, expected, scan_.baseline().dispersion);
        if (score >= score_min) windows.push_back({zone, hours, end, score});
      }
    }
  }
  return windows;
}

std::optional<LateFinding> find_one(const Jurisdiction& jurisdiction, SiteIndex site, Hour hour,
                                    const std::vector<Silence>& silences) {
  Around around(jurisdiction, site, hour);
  const std::vector<Window> windows = around.beyond(jurisdiction.note_score());
  if (windows.empty()) return std::nullopt;
  const double best = std::max_element(windows.begin(), windows.end(),
                                       [](const Window& a, const Window& b) {
                                         return a.score < b.score;
                                       })->score;
  struct Choice {
    double size;
    double score;
    std::string id;
    const Window* window;
    auto key() const { return std::tuple(size, -score, std::string_view(id), window->end); }
  };
  std::optional<Choice> chosen;
  for (const Window& window : windows) {
    if (window.score < kShareOfBest * best) continue;
    const model::Zone zone = jurisdiction.zone_at(around.zone(window.zone));
    Choice choice{zone.cell.is_valid() ? model::zone_size(zone) : 1e30, window.score,
                  model::zone_id(zone), &window};
    if (!chosen || choice.key() < chosen->key()) chosen = std::move(choice);
  }
  const Inspection seen =
      jurisdiction.inspect(jurisdiction.zone_at(around.zone(chosen->window->zone)),
                           static_cast<std::uint32_t>(chosen->window->hours), chosen->window->end,
                           silences);
  return LateFinding{{jurisdiction.name(), seen.hotspot}, seen.evidence.window_end};
}

}  // namespace

std::vector<LateFinding> find_late(const Jurisdiction& jurisdiction,
                                   const std::vector<Touch>& touched,
                                   const std::vector<Silence>& silences) {
  std::vector<LateFinding> found;
  const Scan& scan = jurisdiction.scan();
  const bool young = scan.baseline().exposure_days < jurisdiction.settings().exposure_days_min;
  if (!jurisdiction.calibration() || !scan.now() || young) return found;
  std::set<std::pair<Hour, SiteIndex>> reports;
  for (const Touch& touch : touched) {
    const Hour age = *scan.now() - hour_of(touch.occurred);
    if (age < kLateHoursMin || age > kLateHoursMax) continue;
    if (const auto site = jurisdiction.site_of(touch.cell)) {
      reports.emplace(hour_of(touch.occurred), *site);
    }
  }
  if (reports.size() > kReportsMax) return found;
  for (const auto& [hour, site] : reports) {
    if (auto one = find_one(jurisdiction, site, hour, silences)) found.push_back(*std::move(one));
  }
  const auto key = [](const LateFinding& finding) {
    return std::tie(finding.finding.hotspot.id, finding.window_end);
  };
  std::sort(found.begin(), found.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [&](const auto& a, const auto& b) { return key(a) == key(b); }),
              found.end());
  return found;
}

}  // namespace commonwatch::hotspot
