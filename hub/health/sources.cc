#include "hub/health/sources.h"

#include <algorithm>
#include <utility>

namespace commonwatch::health {
namespace {

std::string_view partner_of(std::string_view name) { return name.substr(0, name.find('/')); }

bool is_of(const model::SourceHealth& health, std::string_view partner) {
  return partner_of(health.name) == partner;
}

bool is_silent(const model::SourceHealth& health) {
  return health.state == model::HealthState::kSilent;
}

}  // namespace

Sources::Sources(Settings settings) : settings_(normalised(std::move(settings))) {}

std::string_view Sources::flow_name(const model::SourceName& source) const {
  const std::string_view text = source.text();
  const std::string_view partner = source.partner();
  const std::string_view last_part = text.substr(partner.size() + 1);
  const bool gathered =
      std::any_of(settings_.group_prefixes.begin(), settings_.group_prefixes.end(),
                  [&](const std::string& prefix) { return last_part.starts_with(prefix); });
  return gathered ? partner : text;
}

Flow& Sources::flow_of(const model::SourceName& source) {
  const std::string_view name = flow_name(source);
  const auto known = flows_.find(name);
  if (known != flows_.end()) return known->second;
  return flows_.try_emplace(std::string(name), settings_.trailing_days, settings_.retired_days)
      .first->second;
}

void Sources::receive(const model::SourceName& source, Instant recorded, Instant occurred) {
  if (last_flow_ == nullptr || source != last_source_) {
    if (source == model::SourceName::hub()) return;
    last_flow_ = &flow_of(source);
    last_source_ = source;
  }
  last_flow_->receive(recorded, occurred);
  next_change_ = std::min(next_change_, minute_of(recorded) + 1);
}

bool Sources::settle() {
  bool changed = false;
  for (auto at = flows_.begin(); at != flows_.end();) {
    Flow& flow = at->second;
    flow.settle(now_);
    changed |= flow.take_began();
    const bool forgotten =
        flow.open().count == 0 &&
        now_ - minute_of(flow.content().last_received) >= settings_.retired_days * kMinutesPerDay;
    changed |= forgotten;
    at = forgotten ? flows_.erase(at) : std::next(at);
  }
  return changed;
}

void Sources::add_unit(std::string_view name, std::vector<const Flow*> flows) {
  Unit unit;
  unit.name = name;
  unit.flows = std::move(flows);
  units_.push_back(std::move(unit));
}

void Sources::compose() {
  struct Group {
    std::vector<const Flow*> flows;
    std::vector<std::string_view> small;
  };
  std::map<std::string_view, Group> groups;  // by partner
  units_.clear();
  unit_of_flow_.clear();
  composed_ = true;
  composed_day_ = day_of(now_);
  for (const auto& [name, flow] : flows_) {
    if (flow.content().empty) continue;
    const std::string_view partner = partner_of(name);
    unit_of_flow_[name] = name;
    if (partner.size() == name.size()) {
      groups[partner].flows.push_back(&flow);
    } else if (events_per_day(flow.content(), composed_day_, settings_) <
               settings_.group_events_per_day_max) {
      groups[partner].small.push_back(name);
    } else {
      add_unit(name, {&flow});
    }
  }
  for (auto& [partner, group] : groups) {
    const bool together =
        group.small.size() >= static_cast<std::size_t>(settings_.group_sources_min);
    for (const std::string_view name : group.small) {
      const Flow* flow = &flows_.find(name)->second;
      if (together) {
        group.flows.push_back(flow);
        unit_of_flow_.find(name)->second = partner;
      } else {
        add_unit(name, {flow});
      }
    }
    if (!group.flows.empty()) add_unit(partner, std::move(group.flows));
  }
  std::sort(units_.begin(), units_.end(),
            [](const Unit& a, const Unit& b) { return a.name < b.name; });
}

void Sources::judge_where_due() {
  for (Unit& unit : units_) {
    std::uint64_t folds = 0;
    for (const Flow* flow : unit.flows) folds += flow->folds();
    const bool is_new = unit.next_change == 0;
    if (!is_new && folds == unit.folds && now_ < unit.next_change) continue;
    if (unit.flows.size() > 1 && (is_new || folds != unit.folds)) {
      std::vector<const FlowContent*> contents;
      for (const Flow* flow : unit.flows) contents.push_back(&flow->content());
      unit.merged = merge(contents, settings_.trailing_days);
    }
    unit.folds = folds;
    const std::int32_t end_day = learning_end(unit.content(), day_of(now_));
    if (is_new || end_day != unit.usual.end_day) {
      unit.usual = learn(unit.content(), end_day, settings_);
    }
    Judgement judgement = judge(unit.name, unit.content(), unit.usual, now_, settings_);
    unit.health = std::move(judgement.health);
    unit.next_change = judgement.next_change;
  }
}

Minute Sources::due() const {
  Minute next = kNever;
  for (const Unit& unit : units_) next = std::min(next, unit.next_change);
  for (const auto& [name, flow] : flows_) {
    next = std::min(next, flow.open().count > 0 ? flow.open().minute + 1
                                                : minute_of(flow.content().last_received) +
                                                      settings_.retired_days * kMinutesPerDay);
  }
  return next;
}

bool Sources::advance(Instant as_of) {
  const Minute now = minute_of(as_of);
  if (now < next_change_ || now < now_) return false;
  now_ = now;
  last_flow_ = nullptr;
  const bool flows_changed = settle();
  if (flows_changed || !composed_ || composed_day_ != day_of(now_)) compose();
  judge_where_due();
  next_change_ = due();
  std::vector<model::SourceHealth> health;
  health.reserve(units_.size());
  for (const Unit& unit : units_) health.push_back(unit.health);
  const bool changed = health != health_;
  health_ = std::move(health);
  return changed;
}

Instant Sources::next_change() const { return instant_of(next_change_); }

std::vector<Silence> Sources::silences() const {
  std::vector<Silence> silences;
  for (const model::SourceHealth& health : health_) {
    if (is_silent(health)) silences.push_back({health.name, health.watermark});
  }
  return silences;
}

std::optional<Instant> Sources::silent_since(std::string_view source_or_partner) const {
  const auto source = model::SourceName::parse(source_or_partner);
  std::string_view unit = source_or_partner;
  if (source) {
    const auto counted_in = unit_of_flow_.find(flow_name(*source));
    if (counted_in == unit_of_flow_.end()) return std::nullopt;
    unit = counted_in->second;
  }
  std::optional<Instant> since;
  for (const model::SourceHealth& health : health_) {
    if (source ? health.name != unit : !is_of(health, unit)) continue;
    if (!is_silent(health)) return std::nullopt;
    since = std::max(since.value_or(health.watermark), health.watermark);
  }
  return since;
}

}  // namespace commonwatch::health
