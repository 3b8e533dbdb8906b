#include "bench/plain_engine.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "hub/model/zone.h"
#include "hub/statistics/likelihood.h"

namespace commonwatch::bench {
namespace {

using hotspot::day_of;
using hotspot::Hour;
using hotspot::hour_of;

constexpr double kShareOfBest = 0.9;

model::Zone zone_of(std::uint64_t key) {
  if (key == 0) return {model::ZoneKind::kArea, model::Cell(), hotspot::kWholeJurisdiction};
  const bool block = (key & 1U) != 0;
  return {block ? model::ZoneKind::kBlock : model::ZoneKind::kCell,
          model::Cell(key & ~std::uint64_t{1}),
          {}};
}

double thousandths(double value) { return std::round(value * 1000) / 1000; }

}  // namespace

PlainEngine::PlainEngine(hotspot::Settings settings) : settings_(std::move(settings)) {
  reporters_.index_of({0});
}

std::vector<PlainEngine::Key> PlainEngine::keys_of(model::Cell leaf) const {
  std::vector<Key> keys = {0};
  for (int level = settings_.level_min; level <= settings_.level_max; ++level) {
    const model::Cell cell = leaf.parent(level);
    keys.push_back(cell.id());
    if (level == settings_.level_min) continue;
    keys.push_back(cell.id() | 1U);
    for (const model::Cell near : cell.neighbors()) keys.push_back(near.id() | 1U);
  }
  return keys;
}

void PlainEngine::count_zone(Key key, Hour hour, std::uint32_t persons) {
  Zone& zone = zones_[key];
  auto at = std::lower_bound(zone.hours.begin(), zone.hours.end(), std::pair(hour, 0U));
  if (at == zone.hours.end() || at->first != hour) at = zone.hours.insert(at, {hour, 0});
  at->second += persons;
  if (at->second == 0) zone.hours.erase(at);
  if (!now_) return;
  if (trailing_days(settings_, day_of(*now_)).holds(day_of(hour))) zone.trailing += persons;
  if (!factors_.empty()) score(key, zone);
}

void PlainEngine::count(const model::Incident& incident, bool add) {
  const Hour hour = hour_of(incident.occurred);
  const std::uint32_t persons = add ? incident.persons : 0 - incident.persons;
  auto& row = totals_.days[day_of(hour)];
  row.resize(1);
  row[0] += persons;
  if (now_) {
    const hotspot::Day today = day_of(*now_);
    if (day_of(hour) < today) baseline_stale_ = true;
    if (trailing_days(settings_, today).holds(day_of(hour))) {
      totals_.hours_of_week[static_cast<std::size_t>(model::TimeZone().hour_of_week(hour))] +=
          persons;
      const auto delay = hotspot::delay_bin(incident.first_recorded - incident.occurred);
      if (delay < hotspot::kDelayBinsLearnt) totals_.delays[delay] += add ? 1U : ~0U;
    }
  }
  for (const Key key : keys_of(incident.cell)) count_zone(key, hour, persons);
}

void PlainEngine::apply(const model::RecordKey& key, const std::optional<model::Incident>& now) {
  if (const auto at = incidents_.find(key); at != incidents_.end()) {
    count(at->second, false);
    incidents_.erase(at);
  }
  if (!now) return;
  count(*now, true);
  incidents_.emplace(key, *now);
}

void PlainEngine::apply(const hotspot::Calibration& calibration) {
  score_min_ = score_of(calibration, settings_.note_days);
}

std::uint32_t PlainEngine::persons_in(const Zone& zone, int hours) const {
  std::uint32_t persons = 0;
  for (auto at = zone.hours.rbegin(); at != zone.hours.rend(); ++at) {
    if (at->first <= *now_ - hours) break;
    if (at->first <= *now_) persons += at->second;
  }
  return persons;
}

double PlainEngine::expected(const Zone& zone, std::size_t window) const {
  return (zone.trailing + settings_.prior_persons) * factors_[window];
}

void PlainEngine::score(Key key, const Zone& zone) {
  Scored best;
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    const std::uint32_t count = persons_in(zone, settings_.windows_hours[i]);
    if (count < static_cast<std::uint32_t>(settings_.count_min)) continue;
    const double score =
        statistics::log_likelihood_ratio(count, expected(zone, i), baseline_.dispersion);
    if (score >= score_min_ && score > best.score) best = {i, score};
  }
  if (best.score > 0) {
    exceeding_[key] = best;
    changed_ = true;
  } else if (exceeding_.erase(key) > 0) {
    changed_ = true;
  }
}

void PlainEngine::start_day() {
  const hotspot::TrailingDays trailing = trailing_days(settings_, day_of(*now_));
  for (auto& [key, zone] : zones_) {
    zone.trailing = 0;
    for (const auto& [hour, persons] : zone.hours) {
      if (trailing.holds(day_of(hour))) zone.trailing += persons;
    }
  }
  totals_.hours_of_week.fill(0);
  totals_.delays.fill(0);
  for (const auto& [key, incident] : incidents_) {
    const Hour hour = hour_of(incident.occurred);
    if (!trailing.holds(day_of(hour))) continue;
    totals_.hours_of_week[static_cast<std::size_t>(model::TimeZone().hour_of_week(hour))] +=
        incident.persons;
    ++totals_.delays[hotspot::delay_bin(incident.first_recorded - incident.occurred)];
  }
  baseline_stale_ = true;
}

void PlainEngine::renew_baseline() {
  baseline_ = make_baseline(totals_, reporters_, settings_, model::TimeZone(), day_of(*now_));
  baseline_stale_ = false;
}

void PlainEngine::start_hour() {
  factors_.clear();
  for (const int hours : settings_.windows_hours) {
    double known = 0;
    for (int back = 0; back < hours; ++back) {
      const auto bin = static_cast<std::size_t>(model::TimeZone().hour_of_week(*now_ - back));
      known += baseline_.profile[bin] * baseline_.arrival[static_cast<std::size_t>(back)];
    }
    factors_.push_back(known / 24 * baseline_.trend / baseline_.exposure_days);
  }
  for (const auto& [key, zone] : zones_) score(key, zone);
}

void PlainEngine::advance(Instant as_of) {
  const Hour hour = hour_of(as_of);
  const bool new_day = !now_ || day_of(hour) != day_of(*now_);
  const bool new_hour = !now_ || hour != *now_;
  now_ = hour;
  if (new_day) start_day();
  const hotspot::Baseline before = baseline_;
  if (baseline_stale_) renew_baseline();
  if (new_hour || !(before == baseline_)) start_hour();
  if (changed_) select();
}

void PlainEngine::select() {
  struct Candidate {
    Key key;
    model::Zone zone;
    Scored scored;
    double size;
  };
  std::vector<Candidate> candidates;
  std::vector<Candidate> taken;
  for (const auto& [key, scored] : exceeding_) {
    const model::Zone zone = zone_of(key);
    if (key == 0) {
      taken.push_back({key, zone, scored, 0});
    } else {
      candidates.push_back({key, zone, scored, model::zone_size(zone)});
    }
  }
  const auto rank = [](const Candidate& c) {
    return std::tuple(-c.scored.score, c.size, c.zone.cell);
  };
  std::sort(candidates.begin(), candidates.end(),
            [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
  const auto is_free = [&](const Candidate& candidate) {
    return std::none_of(taken.begin(), taken.end(), [&](const Candidate& other) {
      return model::touch(candidate.zone, other.zone);
    });
  };
  for (std::size_t lead = 0; lead < candidates.size(); ++lead) {
    if (!is_free(candidates[lead])) continue;
    std::size_t chosen = lead;
    const double enough = kShareOfBest * candidates[lead].scored.score;
    for (std::size_t i = lead + 1; i < candidates.size(); ++i) {
      if (candidates[i].scored.score < enough) break;
      if (candidates[i].size < candidates[chosen].size &&
          model::touch(candidates[i].zone, candidates[lead].zone) && is_free(candidates[i])) {
        chosen = i;
      }
    }
    taken.push_back(candidates[chosen]);
  }
  findings_.clear();
  for (const Candidate& one : taken) {
    const Zone& zone = zones_.at(one.key);
    const int hours = settings_.windows_hours[one.scored.window];
    findings_.push_back({model::zone_id(one.zone), static_cast<std::uint32_t>(hours),
                         persons_in(zone, hours), thousandths(expected(zone, one.scored.window)),
                         thousandths(one.scored.score)});
  }
  std::sort(findings_.begin(), findings_.end());
  changed_ = false;
}

}  // namespace commonwatch::bench
