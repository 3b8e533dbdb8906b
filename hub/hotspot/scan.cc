#include "hub/hotspot/scan.h"

#include <algorithm>
#include <cmath>

#include "hub/statistics/likelihood.h"

namespace commonwatch::hotspot {
namespace {

constexpr double kSixteenths = 16;
// From here on a jump is cheaper to recount than to walk.
constexpr Hour kWalkHoursMax = 24 * 90;
// Tables are made for a dispersion rounded down to this: the ratio falls as the dispersion rises.
constexpr double kDispersionStep = 1.0 / 128;
constexpr double kTableSlack = 1 + 1e-9;

}  // namespace

Scan::Scan(const Settings& settings, const ReporterSets& reporters, model::TimeZone zone,
           ZoneTable zones)
    : settings_(settings),
      reporters_(reporters),
      time_zone_(std::move(zone)),
      zones_(std::move(zones)),
      marks_(zones_.zones()) {}

Weight Scan::weight(ReporterSet set) const {
  return set < weights_.size() ? weights_[set] : Weight{};
}

std::uint8_t& Scan::bin(Hour hour) {
  constexpr auto kHours = static_cast<Hour>(kAgesMax);
  return bins_[static_cast<std::size_t>((hour % kHours + kHours) % kHours)];
}

Counts Scan::contribution(Hour hour, const Item& item, Hour now) const {
  Counts counts;
  if (hour > now) return counts;
  const Weight weight = this->weight(item.reporters);
  const Hour age = now - hour;
  if (weight.counted) {
    for (std::size_t i = 0; i < settings_.windows_hours.size(); ++i) {
      if (age < settings_.windows_hours[i]) counts.n[i] = item.persons;
    }
  }
  if (trailing_days(settings_, day_of(now)).holds(day_of(hour))) {
    counts.n[Counts::kBaseline] = item.persons * weight.baseline;
    counts.n[Counts::kHistory] = item.persons;
  }
  return counts;
}

void Scan::bump(const Item& item, const Counts& change) {
  if (change == Counts{}) return;
  if (marks_.size() < zones_.zones()) marks_.resize(zones_.zones());
  const std::size_t longest = settings_.windows_hours.size() - 1;
  const auto enough = static_cast<std::uint32_t>(settings_.count_min);
  for (const ZoneIndex zone : zones_.zones_of(item.site)) {
    Counts& counts = zones_.counts(zone);
    counts.add(change);
    std::uint8_t& mark = marks_[zone];
    if (counts.n[longest] < enough && (mark & (kLive | kExceeds)) == 0) continue;
    if ((mark & kLive) == 0) {
      mark |= kLive;
      live_.push_back(zone);
    }
    if ((mark & kChanged) == 0) {
      mark |= kChanged;
      changed_.push_back(zone);
    }
  }
}

void Scan::total(Hour hour, const Item& item, bool add) {
  const Day day = day_of(hour);
  auto& row = totals_.days[day];
  if (row.size() <= item.reporters) row.resize(item.reporters + 1U);
  row[item.reporters] += add ? item.persons : 0U - item.persons;
  while (!row.empty() && row.back() == 0) row.pop_back();
  if (row.empty()) totals_.days.erase(day);
  if (!now_) return;
  const Day today = day_of(*now_);
  if (day < today) baseline_stale_ = true;
  if (item.reporters >= weights_.size()) baseline_stale_ = true;
  if (trailing_days(settings_, today).holds(day)) total_trailing(hour, item, add);
}

void Scan::total_trailing(Hour hour, const Item& item, bool add) {
  auto& persons = totals_.hours_of_week[static_cast<std::size_t>(time_zone_.hour_of_week(hour))];
  persons += add ? item.persons : 0U - item.persons;
  if (item.delay < kDelayBinsLearnt) totals_.delays[item.delay] += add ? 1U : ~0U;
}

void Scan::add(Hour hour, const Item& item) {
  items_[hour].push_back(item);
  total(hour, item, true);
  if (now_) bump(item, contribution(hour, item, *now_));
}

void Scan::remove(Hour hour, const Item& item) {
  const auto at = items_.find(hour);
  if (at == items_.end()) return;
  const auto found = std::find(at->second.begin(), at->second.end(), item);
  if (found == at->second.end()) return;
  *found = at->second.back();
  at->second.pop_back();
  if (at->second.empty()) items_.erase(at);
  total(hour, item, false);
  if (now_) bump(item, Counts{} - contribution(hour, item, *now_));
}

void Scan::shift(Hour hour, Hour from, Hour to) {
  const auto at = items_.find(hour);
  if (at == items_.end()) return;
  for (const Item& item : at->second) {
    bump(item, contribution(hour, item, to) - contribution(hour, item, from));
  }
}

void Scan::step(Hour to) {
  const Hour from = to - 1;
  shift(to, from, to);
  for (const int window : settings_.windows_hours) shift(to - window, from, to);
  if (day_of(to) == day_of(from)) return;
  baseline_stale_ = true;
  const TrailingDays now = trailing_days(settings_, day_of(to));
  const TrailingDays before = trailing_days(settings_, day_of(from));
  for (Hour hour = before.to * kHoursOfDay; hour < now.to * kHoursOfDay; ++hour) {
    shift(hour, from, to);
    for_each(hour, hour + 1, [&](Hour at, const Item& item) { total_trailing(at, item, true); });
  }
  for (Hour hour = before.from * kHoursOfDay; hour < now.from * kHoursOfDay; ++hour) {
    shift(hour, from, to);
    for_each(hour, hour + 1, [&](Hour at, const Item& item) { total_trailing(at, item, false); });
  }
}

void Scan::roll_to(Hour now) {
  if (now_ && *now_ == now) return;
  factors_stale_ = true;
  if (now_ && now - *now_ <= kWalkHoursMax) {
    while (*now_ < now) {
      step(*now_ + 1);
      now_ = *now_ + 1;
      bin(*now_) = static_cast<std::uint8_t>(time_zone_.hour_of_week(*now_));
    }
    return;
  }
  // From the beginning.
  baseline_stale_ = true;
  zones_ = zones_.emptied();
  totals_.hours_of_week.fill(0);
  totals_.delays.fill(0);
  now_ = now;
  for (Hour hour = now + 1 - static_cast<Hour>(kAgesMax); hour <= now; ++hour) {
    bin(hour) = static_cast<std::uint8_t>(time_zone_.hour_of_week(hour));
  }
  const TrailingDays trailing = trailing_days(settings_, day_of(now));
  for (const auto& [hour, items] : items_) {
    for (const Item& item : items) {
      bump(item, contribution(hour, item, now));
      if (trailing.holds(day_of(hour))) total_trailing(hour, item, true);
    }
  }
}

void Scan::set_silences(std::vector<Silence> silences) {
  if (silences == silences_) return;
  silences_ = std::move(silences);
  factors_stale_ = true;
}

void Scan::apply_weights(std::vector<Weight> weights) {
  std::vector<bool> differs(weights.size());
  bool any = false;
  for (std::size_t set = 0; set < weights.size(); ++set) {
    differs[set] = weights[set] != weight(static_cast<ReporterSet>(set));
    any = any || differs[set];
  }
  if (any) {
    const std::vector<Weight> before = weights_;
    for (const auto& [hour, items] : items_) {
      for (const Item& item : items) {
        if (item.reporters >= differs.size() || !differs[item.reporters]) continue;
        weights_ = before;
        const Counts old = contribution(hour, item, *now_);
        weights_.swap(weights);
        bump(item, contribution(hour, item, *now_) - old);
        weights_.swap(weights);
      }
    }
  }
  weights_ = std::move(weights);
}

void Scan::refresh_baseline() {
  Baseline now = make_baseline(totals_, reporters_, settings_, time_zone_, day_of(*now_));
  baseline_stale_ = false;
  if (now == baseline_) return;
  baseline_ = std::move(now);
  factors_stale_ = true;
  if (weights_ != baseline_.weights) apply_weights(baseline_.weights);
}

Scan::Expectation Scan::expectation(int window_hours, Hour end) const {
  Expectation expected;
  double known = 0;
  for (int back = 0; back < window_hours; ++back) {
    const auto bin = static_cast<std::size_t>(time_zone_.hour_of_week(end - back));
    const auto age = static_cast<std::size_t>(std::clamp<Hour>(*now_ - end + back, 0, kAgesMax - 1));
    const double share = completeness(baseline_, reporters_, silences_, *now_, age);
    expected.profile_days += baseline_.profile[bin];
    known += baseline_.profile[bin] * share;
  }
  expected.completeness = known / expected.profile_days;
  expected.profile_days /= kHoursOfDay;
  expected.of_one = factor(known);
  return expected;
}

// Of a window whose hours weigh so much, known and by profile: expected persons of one person of
// baseline.
double Scan::factor(double known_hours) const {
  return known_hours / kHoursOfDay * baseline_.trend / baseline_.exposure_days;
}

void Scan::refresh_factors(double score_min) {
  const double dispersion = std::floor(baseline_.dispersion / kDispersionStep) * kDispersionStep;
  if (score_min != expectations_score_ || dispersion != expectations_dispersion_) {
    for (std::size_t count = 1; count < kCountsTabled; ++count) {
      expectation_max_[count] =
          kTableSlack *
          statistics::expectation_at(static_cast<double>(count), score_min, dispersion);
    }
    expectations_score_ = score_min;
    expectations_dispersion_ = dispersion;
  }
  double known = 0;
  std::size_t window = 0;
  for (std::size_t back = 0; window < settings_.windows_hours.size(); ++back) {
    const double share = silences_.empty()
                             ? baseline_.arrival[back]
                             : completeness(baseline_, reporters_, silences_, *now_, back);
    known += baseline_.profile[bin(*now_ - static_cast<Hour>(back))] * share;
    if (static_cast<int>(back) + 1 == settings_.windows_hours[window]) {
      factors_[window++] = factor(known);
    }
  }
}

double Scan::expected(std::uint32_t sixteenths, double of_one) const {
  return (sixteenths / kSixteenths + settings_.prior_persons) * of_one;
}

double Scan::expected(const Exceedance& exceedance) const {
  return expected(zones_.counts(exceedance.zone).n[Counts::kBaseline], factors_[exceedance.window]);
}

void Scan::evaluate(ZoneIndex zone) {
  const Counts& counts = zones_.counts(zone);
  const double rate = counts.n[Counts::kBaseline] / kSixteenths + settings_.prior_persons;
  const auto enough = static_cast<std::uint32_t>(settings_.count_min);
  Exceedance best{zone, 0, 0};
  for (std::size_t i = 0; i < settings_.windows_hours.size(); ++i) {
    const std::uint32_t count = counts.n[i];
    // As many in a longer window are no more than that.
    if (count < enough || (i > 0 && count == counts.n[i - 1])) continue;
    const double expected = rate * factors_[i];
    if (count < kCountsTabled && expected > expectation_max_[count]) continue;
    const double score =
        statistics::log_likelihood_ratio(count, expected, baseline_.dispersion);
    if (score < score_min_ || score <= best.score) continue;
    best.window = static_cast<std::uint8_t>(i);
    best.score = score;
  }
  if (best.score <= 0) return;
  marks_[zone] |= kExceeds;
  exceedances_.push_back(best);
}

void Scan::evaluate_live() {
  for (const Exceedance& exceedance : exceedances_) marks_[exceedance.zone] &= ~kExceeds;
  for (const ZoneIndex zone : changed_) marks_[zone] &= ~kChanged;
  exceedances_.clear();
  changed_.clear();
  ++revision_;
  const std::size_t longest = settings_.windows_hours.size() - 1;
  std::erase_if(live_, [&](ZoneIndex zone) {
    const bool live =
        zones_.counts(zone).n[longest] >= static_cast<std::uint32_t>(settings_.count_min);
    if (!live) marks_[zone] &= ~kLive;
    return !live;
  });
  for (const ZoneIndex zone : live_) evaluate(zone);
  sort_exceedances();
}

void Scan::evaluate_changed() {
  const auto erased = std::erase_if(exceedances_, [&](const Exceedance& exceedance) {
    const bool changed = (marks_[exceedance.zone] & kChanged) != 0;
    if (changed) marks_[exceedance.zone] &= ~kExceeds;
    return changed;
  });
  const std::size_t kept = exceedances_.size();
  for (const ZoneIndex zone : changed_) {
    marks_[zone] &= ~kChanged;
    evaluate(zone);
  }
  changed_.clear();
  if (erased == 0 && exceedances_.size() == kept) return;
  ++revision_;
  sort_exceedances();
}

void Scan::sort_exceedances() {
  std::sort(exceedances_.begin(), exceedances_.end(),
            [](const Exceedance& a, const Exceedance& b) { return a.zone < b.zone; });
}

const std::vector<Exceedance>& Scan::exceedances(double score_min) {
  if (!now_) return exceedances_;
  if (baseline_stale_) refresh_baseline();
  const bool stale = factors_stale_ || score_min != score_min_;
  if (stale && baseline_.exposure_days >= settings_.exposure_days_min) refresh_factors(score_min);
  factors_stale_ = false;
  score_min_ = score_min;
  if (baseline_.exposure_days < settings_.exposure_days_min) {
    for (const Exceedance& exceedance : exceedances_) marks_[exceedance.zone] &= ~kExceeds;
    if (!exceedances_.empty()) ++revision_;
    exceedances_.clear();
    return exceedances_;
  }
  stale ? evaluate_live() : evaluate_changed();
  return exceedances_;
}

double Scan::maximum(double score_min) {
  double highest = 0;
  for (const Exceedance& exceedance : exceedances(score_min)) {
    highest = std::max(highest, exceedance.score);
  }
  return highest;
}

void Scan::forget(Hour before) {
  for (auto at = totals_.days.begin(); at != totals_.days.end() && at->first < day_of(before);) {
    for (Hour hour = at->first * kHoursOfDay; hour < (at->first + 1) * kHoursOfDay; ++hour) {
      items_.erase(hour);
    }
    at = totals_.days.erase(at);
  }
}

Counts Scan::recount(ZoneIndex zone) const {
  Counts counts;
  if (!now_) return counts;
  for (const auto& [hour, items] : items_) {
    for (const Item& item : items) {
      if (zones_.holds(zone, item.site)) counts.add(contribution(hour, item, *now_));
    }
  }
  return counts;
}

std::size_t Scan::bytes() const {
  std::size_t bytes = zones_.bytes() + items_.bucket_count() * 33;
  for (const auto& [hour, items] : items_) bytes += items.capacity() * sizeof(Item);
  return bytes;
}

}  // namespace commonwatch::hotspot
