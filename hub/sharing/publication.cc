#include "hub/sharing/publication.h"

#include <algorithm>

namespace commonwatch::sharing {
namespace {

model::TimeZone zone_named(const std::string& name) { return model::TimeZone::load(name).value(); }

Tally tally_of(std::uint32_t persons, std::uint32_t fatal) {
  Tally tally;
  tally.incidents = 1;
  tally.persons = persons;
  tally.fatal_incidents = fatal > 0 ? 1 : 0;
  tally.fatal = fatal;
  tally.other_incidents = persons > fatal ? 1 : 0;
  return tally;
}

// Unsigned numbers wrap, and what went in comes out.
void add(Tally& sum, const Tally& one, bool in) {
  const auto step = [in](std::uint32_t& number, std::uint32_t by) {
    number = in ? number + by : number - by;
  };
  step(sum.incidents, one.incidents);
  step(sum.persons, one.persons);
  step(sum.fatal_incidents, one.fatal_incidents);
  step(sum.fatal, one.fatal);
  step(sum.other_incidents, one.other_incidents);
}

}  // namespace

PublicationRules PublicationRules::of(const Settings& settings, const PublicationClass& of,
                                      std::string time_zone) {
  const View view = View::compile(settings, of.audience);
  PublicationRules rules;
  rules.shared_with = of.audience;
  rules.k = of.k;
  rules.k_max = of.k_max;
  rules.cell_level = view.audience().cell_level;
  rules.population_floor = view.audience().population_floor;
  rules.period_days = view.audience().period_days;
  rules.delay = view.delay();
  rules.settings = settings.publication;
  rules.time_zone = std::move(time_zone);
  return rules;
}

std::string PublicationRules::canonical() const {
  std::string text = "cell_level = " + std::to_string(cell_level) +                         //
                     "\ncoarsest_level = " + std::to_string(settings.coarsest_level) +      //
                     "\ndelay_us = " + std::to_string(delay.count()) +                      //
                     "\nk = " + std::to_string(k) +                                         //
                     "\nk_max = " + std::to_string(k_max) +                                 //
                     "\nperiod_days = " + std::to_string(period_days) +                     //
                     "\npopulation_floor = " + std::to_string(population_floor) +           //
                     "\nrenewal_periods = " + std::to_string(settings.renewal_periods) +    //
                     "\nrevision_periods = " + std::to_string(settings.revision_periods) +  //
                     "\nsettle_us = " + std::to_string(settings.settle.count()) +           //
                     "\nshared_with = " + shared_with + "\ntime_zone = " + time_zone + '\n';
  for (const Population& entry : settings.population) {
    text += "zone." + entry.cell.token() + " = " + std::to_string(entry.persons) + '\n';
  }
  return text;
}

Publication::Publication(PublicationRules rules, Restored)
    : rules_(std::move(rules)),
      calendar_(zone_named(rules_.time_zone), rules_.period_days),
      partition_(rules_.settings, rules_.cell_level, rules_.population_floor) {}

Publication::Publication(PublicationRules rules, Instant begin)
    : Publication(std::move(rules), Restored{}) {
  first_ = calendar_.period_of(begin);
  if (calendar_.start(first_) < begin) ++first_;
  open_ = decide_ = first_;
  schedule();
}

Instant Publication::moment_of(std::int64_t period) const {
  return calendar_.end(period) + rules_.settings.settle + rules_.delay;
}

void Publication::schedule() {
  open_at_ = calendar_.start(open_);
  decide_at_ = moment_of(decide_);
}

Instant Publication::next_change() const { return std::min(open_at_, decide_at_); }

void Publication::count(const Counted& incident, bool in) {
  const auto period = periods_.find(incident.period);
  if (period == periods_.end()) return;  // not begun: counted when it begins
  const auto zone = period->second.partition.zone_of(incident.cell);
  if (!zone) return;
  add(period->second.units.at(*zone).now, tally_of(incident.persons, incident.fatal), in);
}

void Publication::apply(const model::RecordKey& key,
                        const std::optional<model::Incident>& incident) {
  if (const auto known = counted_.find(key); known != counted_.end()) {
    count(known->second, false);
    counted_.erase(known);
  }
  if (!incident) return;
  const std::int64_t number = calendar_.period_of(incident->occurred);
  if (number < first_) return;
  const auto period = periods_.find(number);
  if (number < open_ && (period == periods_.end() || period->second.final)) return;
  const std::uint32_t persons = std::max(incident->persons, 1U);
  const Counted now{number, incident->cell, persons, std::min(incident->fatal, persons)};
  counted_.emplace(key, now);
  count(now, true);
}

void Publication::open_next() {
  Period& period = periods_[open_];
  const std::int64_t renewal = rules_.settings.renewal_periods;
  if (renewal > 0 && open_ > first_ && (open_ - first_) % renewal == 0) renew_partition();
  period.start = calendar_.start(open_);
  period.end = calendar_.end(open_);
  period.partition = partition_;
  for (const auto& zone : partition_.zones()) period.units.emplace(zone.cell, Unit{});
  for (const auto& [key, incident] : counted_) {
    if (incident.period == open_) count(incident, true);
  }
  ++open_;
}

// A zone stays if the narrowest audience was shown it in at least half of the latest decided
// periods that had it as a zone; and if none had it.
void Publication::renew_partition() {
  std::map<model::Cell, std::pair<std::int32_t, std::int32_t>> shown_of;
  std::int32_t left = rules_.settings.renewal_periods;
  for (auto at = periods_.rbegin(); at != periods_.rend() && left > 0; ++at) {
    if (!at->second.decided) continue;
    --left;
    for (const auto& [zone, unit] : at->second.units) {
      auto& [shown, all] = shown_of[zone];
      shown += unit.narrowest.shown ? 1 : 0;
      ++all;
    }
  }
  partition_ = partition_.coarsened([&](model::Cell zone) {
    const auto found = shown_of.find(zone);
    return found == shown_of.end() || 2 * found->second.first >= found->second.second;
  });
}

void Publication::decide_period(std::int64_t number, bool has_data,
                                std::vector<model::PublishedCount>& changed) {
  const auto found = periods_.find(number);
  if (found == periods_.end()) return;
  Period& period = found->second;
  const bool final = number + rules_.settings.revision_periods <= decide_;
  for (auto& [zone, unit] : period.units) {
    const auto before = published(period, zone, unit, period.final);
    if (period.partition.find(zone)->publishable) {
      unit.figure = decide(unit.figure, unit.now, rules_.k);
      unit.narrowest = narrow(unit.narrowest, unit.figure, rules_.k_max);
    }
    if (!period.decided) unit.no_data = !has_data;
    auto now = published(period, zone, unit, final);
    if (!period.decided || now != before) changed.push_back(std::move(now));
  }
  period.decided = true;
  period.final = final;
}

void Publication::decide_next(bool has_data, std::vector<model::PublishedCount>& changed) {
  for (std::int64_t at = decide_ - rules_.settings.revision_periods; at <= decide_; ++at) {
    decide_period(at, has_data, changed);
  }
  ++decide_;
  forget_old();
}

// Final periods are shown for as long as they were open, and the renewal looks at them.
void Publication::forget_old() {
  const std::int64_t last_final = decide_ - 1 - rules_.settings.revision_periods;
  std::erase_if(counted_, [&](const auto& entry) { return entry.second.period <= last_final; });
  const std::int64_t kept =
      std::max(rules_.settings.revision_periods, rules_.settings.renewal_periods);
  periods_.erase(periods_.begin(), periods_.lower_bound(last_final - kept));
}

std::vector<model::PublishedCount> Publication::advance(Instant tick, bool has_data) {
  std::map<std::string, model::PublishedCount> latest;
  while (next_change() <= tick) {
    // A decision before a beginning at the same moment: the partition may rest on it.
    if (decide_at_ <= open_at_) {
      std::vector<model::PublishedCount> changed;
      decide_next(has_data, changed);
      for (model::PublishedCount& count : changed) {
        latest.insert_or_assign(model::published_count_id(count), std::move(count));
      }
    } else {
      open_next();
    }
    schedule();
  }
  std::vector<model::PublishedCount> changed;
  for (auto& [id, count] : latest) changed.push_back(std::move(count));
  return changed;
}

model::PublishedCount Publication::published(const Period& period, model::Cell zone,
                                             const Unit& unit, bool final) const {
  model::PublishedCount count;
  count.shared_with = rules_.shared_with;
  count.cell = zone;
  count.period_start = period.start;
  count.period_end = period.end;
  count.revision_pending = !final;
  count.state = unit.no_data ? model::FigureState::kNoData : model::FigureState::kHidden;
  if (unit.figure.shown) {
    count.state = model::FigureState::kShown;
    count.persons = unit.figure.shown->persons;
    if (unit.figure.outcomes_shown()) {
      count.outcomes = {unit.figure.shown->fatal,
                        unit.figure.shown->persons - unit.figure.shown->fatal};
    }
  }
  return count;
}

Instant Publication::shown_from() const {
  return periods_.empty() ? calendar_.end(first_) : periods_.begin()->second.end;
}

std::vector<model::PublishedCount> Publication::shown() const {
  std::map<std::string, model::PublishedCount> sorted;
  for (const auto& [number, period] : periods_) {
    if (!period.decided) continue;
    for (const auto& [zone, unit] : period.units) {
      auto count = published(period, zone, unit, period.final);
      sorted.emplace(model::published_count_id(count), std::move(count));
    }
  }
  std::vector<model::PublishedCount> all;
  for (auto& [id, count] : sorted) all.push_back(std::move(count));
  return all;
}

}  // namespace commonwatch::sharing
