#include "hub/hotspot/jurisdiction.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>

#include "hub/hotspot/selection.h"
#include "hub/statistics/likelihood.h"

namespace commonwatch::hotspot {
namespace {

constexpr double kSixteenths = 16;
constexpr double kExposureGrowth = 1.25;
constexpr double kRateMove = 0.2;

constexpr std::uint32_t kNoFinding = 0xffffffff;

double round_to(double value, double unit) { return std::round(value / unit) * unit; }
// A value that reads the same in every encoding.
double thousandths(double value) { return std::round(value * 1000) / 1000; }

void count(model::Hotspot& hotspot, Hour hour, const Item& item) {
  hotspot.count += item.persons;
  hotspot.fatal += item.fatal;
  hotspot.last_occurred =
      std::max(hotspot.last_occurred, start_of(hour) + std::chrono::seconds(item.second));
}

std::uint64_t seed_of(const std::string& name, model::Version due) {
  std::uint64_t seed = due.value() * 0x9e3779b97f4a7c15;
  for (const char c : name) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return seed;
}

}  // namespace

Jurisdiction::Jurisdiction(std::string name, const Settings& settings,
                           const ReporterSets& reporters, const model::NameTable& partners,
                           const Placement& placement)
    : name_(std::move(name)),
      settings_(settings),
      partners_(partners),
      placement_(placement),
      scan_(settings, reporters, model::TimeZone::load(settings.time_zone_of(name_)).value(),
            ZoneTable(settings.level_min, settings.level_max)) {}

void Jurisdiction::apply(const Calibration& calibration) {
  calibration_ = calibration;
  found_.reset();
  note_score_ = score_of(calibration, settings_.note_days);
  watch_score_ = score_of(calibration, settings_.watch_days);
  alert_score_ = score_of(calibration, settings_.alert_days);
}

model::Zone Jurisdiction::zone_at(ZoneIndex index) const {
  if (!scan_.zones().is_named(index)) return scan_.zones().zone(index);
  const NamedZone named = scan_.zones().named(index);
  return named == 0 ? model::Zone{model::ZoneKind::kArea, model::Cell(), name_} : placement_.named()[named];
}

model::LatLng Jurisdiction::center_of(const model::Zone& zone) const {
  if (zone.cell.is_valid()) return model::zone_center(zone);
  const auto& all = placement_.named();
  const auto at = std::find(all.begin(), all.end(), zone);
  return at == all.end() ? model::LatLng{}
                         : placement_.centers()[static_cast<std::size_t>(at - all.begin())];
}

std::optional<SiteIndex> Jurisdiction::site_of(model::Cell cell) const {
  const Placed placed = placement_.place(cell);
  if (placement_.jurisdictions()[placed.jurisdiction] != name_) return std::nullopt;
  return scan_.zones().find_site(placed.site);
}

std::optional<ZoneIndex> Jurisdiction::index_of(const model::Zone& zone) const {
  NamedZone named = 0;
  if (zone.kind == model::ZoneKind::kArea || zone.kind == model::ZoneKind::kFacility) {
    const auto& all = placement_.named();
    const auto at = std::find(all.begin() + 1, all.end(), zone);
    if (at != all.end()) {
      named = static_cast<NamedZone>(at - all.begin());
    } else if (zone.name != name_) {
      return std::nullopt;
    }
  }
  return scan_.zones().find(zone, named);
}

template <class Visit>
void Jurisdiction::for_each(ZoneIndex zone, Hour from, Hour to, Visit visit) const {
  scan_.for_each(from, to, [&](Hour hour, const Item& item) {
    if (scan_.zones().holds(zone, item.site)) visit(hour, item);
  });
}

void Jurisdiction::grade(model::Hotspot& hotspot, double score) const {
  using model::Severity;
  hotspot.score = thousandths(score);
  hotspot.severity = score >= alert_score_   ? Severity::kAlert
                     : score >= watch_score_ ? Severity::kWatch
                     : score >= note_score_  ? Severity::kNote
                                             : Severity::kUnspecified;
  if (calibration_) hotspot.interval_days = round_to(interval_of(*calibration_, score), 0.5);
  hotspot.exposure_days = static_cast<std::uint32_t>(scan_.baseline().exposure_days);
  hotspot.provisional = scan_.baseline().exposure_days < settings_.trailing_days;
}

void Jurisdiction::describe(model::Hotspot& hotspot, ZoneIndex zone, Hour end) const {
  const Hour from = end + 1 - static_cast<Hour>(hotspot.window_hours);
  for_each(zone, from, end + 1, [&](Hour hour, const Item& item) {
    if (scan_.counts(item)) count(hotspot, hour, item);
  });
}

// Looks at each report once, however many findings there are.
void Jurisdiction::describe(const std::vector<Exceedance>& selected) {
  finding_of_.resize(scan_.zones().zones(), kNoFinding);
  std::uint32_t window_hours = 0;
  for (std::uint32_t i = 0; i < selected.size(); ++i) {
    finding_of_[selected[i].zone] = i;
    window_hours = std::max(window_hours, findings_[i].hotspot.window_hours);
  }
  const Hour end = *scan_.now() + 1;
  scan_.for_each(end - static_cast<Hour>(window_hours), end, [&](Hour hour, const Item& item) {
    if (!scan_.counts(item)) return;
    for (const ZoneIndex zone : scan_.zones().zones_of(item.site)) {
      if (finding_of_[zone] == kNoFinding) continue;
      model::Hotspot& hotspot = findings_[finding_of_[zone]].hotspot;
      if (hour >= end - static_cast<Hour>(hotspot.window_hours)) count(hotspot, hour, item);
    }
  });
  for (const Exceedance& one : selected) finding_of_[one.zone] = kNoFinding;
}

model::Hotspot Jurisdiction::make_hotspot(const Exceedance& exceedance) const {
  model::Hotspot hotspot;
  hotspot.zone = zone_at(exceedance.zone);
  hotspot.id = model::zone_id(hotspot.zone);
  hotspot.center = center_of(hotspot.zone);
  const int hours = settings_.windows_hours[exceedance.window];
  hotspot.window_hours = static_cast<std::uint32_t>(hours);
  hotspot.expected = thousandths(scan_.expected(exceedance));
  grade(hotspot, exceedance.score);
  return hotspot;
}

bool Jurisdiction::find(const std::vector<Silence>& silences) {
  scan_.set_silences(silences);
  // The baseline is kept up to date all the same: whether a calibration is due depends on it.
  const auto& exceedances = scan_.exceedances(calibration_ ? note_score_ : kWithoutCalibration);
  if (found_ == scan_.revision()) return false;
  found_ = scan_.revision();
  findings_.clear();
  if (!calibration_) return true;
  const std::vector<Exceedance> selected = select(exceedances, scan_.zones());
  for (const Exceedance& one : selected) findings_.push_back({name_, make_hotspot(one)});
  describe(selected);
  std::sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return a.hotspot.id < b.hotspot.id;
  });
  return true;
}

// The counts of the trailing period as it lay before a past hour, from the present ones.
Counts Jurisdiction::trailing_at(ZoneIndex zone, Hour end) const {
  const TrailingDays now = trailing_days(settings_, day_of(*scan_.now()));
  const TrailingDays then = trailing_days(settings_, day_of(end));
  const auto sum = [&](Day from, Day to) {
    Counts counts;
    for_each(zone, from * kHoursOfDay, to * kHoursOfDay, [&](Hour, const Item& item) {
      counts.n[Counts::kBaseline] +=
          item.persons * scan_.baseline().weights[item.reporters].baseline;
      counts.n[Counts::kHistory] += item.persons;
    });
    return counts;
  };
  Counts counts = scan_.zones().counts(zone);
  counts.add(sum(then.from, now.from));
  return counts - sum(then.to, now.to);
}

void Jurisdiction::fill_permutation(model::Evidence& evidence,
                                    const std::optional<ZoneIndex>& zone, Hour from, Hour end,
                                    std::uint32_t history, std::uint32_t count) const {
  const TrailingDays then = trailing_days(settings_, day_of(end));
  scan_.for_each(from, end + 1,
                 [&](Hour, const Item& item) { evidence.permutation_window += item.persons; });
  for (auto day = scan_.totals().days.lower_bound(then.from);
       day != scan_.totals().days.end() && day->first < day_of(end); ++day) {
    for (const std::uint32_t persons : day->second) evidence.permutation_all += persons;
  }
  scan_.for_each(day_of(end) * kHoursOfDay, end + 1,
                 [&](Hour, const Item& item) { evidence.permutation_all += item.persons; });
  if (!zone) return;
  evidence.permutation_zone = history;
  for_each(*zone, then.to * kHoursOfDay, end + 1,
           [&](Hour, const Item& item) { evidence.permutation_zone += item.persons; });
  if (evidence.permutation_all == 0) return;
  evidence.permutation_score = thousandths(statistics::permutation_ratio(
      count, evidence.permutation_zone, evidence.permutation_window, evidence.permutation_all));
}

void Jurisdiction::fill_agencies(model::Evidence& evidence, const std::optional<ZoneIndex>& zone,
                                 Hour from, Hour end,
                                 const std::vector<Silence>& silences) const {
  std::vector<std::uint32_t> persons(partners_.size());
  if (zone) {
    for_each(*zone, from, end + 1, [&](Hour, const Item& item) {
      for (const model::NameIndex partner : scan_.reporters().partners(item.reporters)) {
        persons[partner] += item.persons;
      }
    });
  }
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (persons[i] == 0) continue;
    evidence.agencies.push_back({partners_.name(static_cast<model::NameIndex>(i)), persons[i]});
  }
  for (const Silence& silence : silences) {
    evidence.silent.push_back(partners_.name(silence.partner));
  }
  std::sort(evidence.agencies.begin(), evidence.agencies.end(),
            [](const auto& a, const auto& b) { return a.partner < b.partner; });
  std::sort(evidence.silent.begin(), evidence.silent.end());
}

Inspection Jurisdiction::inspect(const model::Zone& zone, std::uint32_t window_hours, Hour end,
                                 const std::vector<Silence>& silences) const {
  Inspection inspection;
  auto& [hotspot, evidence] = inspection;
  hotspot.zone = zone;
  hotspot.id = model::zone_id(zone);
  hotspot.center = center_of(zone);
  hotspot.window_hours = window_hours;
  const Hour from = end + 1 - static_cast<Hour>(window_hours);
  evidence.window_start = start_of(from);
  evidence.window_end = start_of(end + 1);
  const Baseline& baseline = scan_.baseline();
  if (baseline.exposure_days < settings_.exposure_days_min) return inspection;
  const std::optional<ZoneIndex> index = index_of(zone);
  Counts trailing;
  if (index) {
    describe(hotspot, *index, end);
    trailing = trailing_at(*index, end);
  }
  const std::uint32_t sixteenths = trailing.n[Counts::kBaseline];
  const Scan::Expectation expectation = scan_.expectation(static_cast<int>(window_hours), end);
  const double expected = scan_.expected(sixteenths, expectation.of_one);
  hotspot.expected = thousandths(expected);
  grade(hotspot, statistics::log_likelihood_ratio(hotspot.count, expected, baseline.dispersion));
  evidence.baseline_persons = sixteenths / kSixteenths;
  evidence.prior_persons = settings_.prior_persons;
  evidence.exposure_days = baseline.exposure_days;
  evidence.profile_days = expectation.profile_days;
  evidence.completeness = expectation.completeness;
  evidence.trend = baseline.trend;
  evidence.dispersion = baseline.dispersion;
  evidence.note_score = thousandths(note_score_);
  evidence.watch_score = thousandths(watch_score_);
  evidence.alert_score = thousandths(alert_score_);
  fill_permutation(evidence, index, from, end, trailing.n[Counts::kHistory], hotspot.count);
  fill_agencies(evidence, index, from, end, silences);
  return inspection;
}

std::vector<Part> Jurisdiction::parts(std::span<const model::Zone> zones,
                                      std::uint32_t window_hours, Hour end) const {
  std::vector<Part> parts(zones.size());
  if (scan_.baseline().exposure_days < settings_.exposure_days_min) return parts;
  const double of_one = scan_.expectation(static_cast<int>(window_hours), end).of_one;
  boost::unordered_flat_map<ZoneIndex, std::size_t> places;
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const std::optional<ZoneIndex> index = index_of(zones[i]);
    if (index) places.emplace(*index, i);
    const Counts trailing = index ? trailing_at(*index, end) : Counts();
    parts[i].expected = thousandths(scan_.expected(trailing.n[Counts::kBaseline], of_one));
  }
  const Hour from = end + 1 - static_cast<Hour>(window_hours);
  scan_.for_each(from, end + 1, [&](Hour, const Item& item) {
    if (!scan_.counts(item)) return;
    for (const ZoneIndex zone : scan_.zones().zones_of(item.site)) {
      const auto place = places.find(zone);
      if (place != places.end()) parts[place->second].count += item.persons;
    }
  });
  return parts;
}

bool Jurisdiction::needs_calibration() const {
  const Baseline& now = scan_.baseline();
  if (now.exposure_days < settings_.exposure_days_min || now.rate_per_day <= 0) return false;
  if (!calibration_) return true;
  const bool full = now.exposure_days >= settings_.trailing_days;
  const bool was_full = calibration_->exposure_days >= settings_.trailing_days;
  const bool grown = now.exposure_days >= calibration_->exposure_days * kExposureGrowth;
  if (!was_full && (full || grown)) return true;
  return std::abs(now.rate_per_day / calibration_->rate_per_day - 1) > kRateMove;
}

std::vector<model::Zone> Jurisdiction::names_of(const SitePlace& place) const {
  std::vector<model::Zone> zones;
  for (const NamedZone named : place.named) zones.push_back(placement_.named()[named]);
  return zones;
}

NullModel Jurisdiction::null_model(model::Version due,
                                   const std::vector<Excluded>& excluded) const {
  const Baseline& baseline = scan_.baseline();
  const TrailingDays trailing = trailing_days(settings_, baseline.today);
  NullModel model{settings_, name_, due.value(), seed_of(name_, due), baseline.exposure_days,
                  0, baseline.rate_per_day, baseline.dispersion, baseline.profile,
                  scan_.totals().delays, scan_.zones().emptied(), {}};
  std::uint64_t persons = 0;
  const auto is_excluded = [&](Hour hour, const Item& item) {
    return std::any_of(excluded.begin(), excluded.end(), [&](const Excluded& episode) {
      if (episode.jurisdiction != name_ || hour < hour_of(episode.from) ||
          hour >= hour_of(episode.to)) {
        return false;
      }
      const auto zone = index_of(episode.zone);
      return zone && scan_.zones().holds(*zone, item.site);
    });
  };
  const Day from = trailing.to - baseline.exposure_days;
  scan_.for_each(from * kHoursOfDay, trailing.to * kHoursOfDay, [&](Hour hour, const Item& item) {
    if (item.persons == 0 || is_excluded(hour, item)) return;
    model.places.push_back({item.site, item.persons});
    persons += item.persons;
  });
  // The order of reports within an hour is the log's; the null is to depend on the set alone.
  std::sort(model.places.begin(), model.places.end(),
            [this](const NullModel::Place& a, const NullModel::Place& b) {
              const SitePlace& of_a = scan_.zones().place_of(a.site);
              const SitePlace& of_b = scan_.zones().place_of(b.site);
              if (of_a.cell != of_b.cell) return of_a.cell < of_b.cell;
              // By name: facilities are numbered in the order in which they were decided.
              if (of_a.named != of_b.named) return names_of(of_a) < names_of(of_b);
              return a.persons < b.persons;
            });
  if (persons > 0) {
    model.incidents_per_day = baseline.rate_per_day * baseline.trend *
                              static_cast<double>(model.places.size()) /
                              static_cast<double>(persons);
  }
  return model;
}

}  // namespace commonwatch::hotspot
