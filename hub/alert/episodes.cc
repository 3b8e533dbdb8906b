#include "hub/alert/episodes.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "hub/alert/state.h"
#include "hub/alert/step.h"

namespace commonwatch::alert {
namespace {

bool is_grade(model::AlertAction action) {
  return action == model::AlertAction::kReal || action == model::AlertAction::kNotReal;
}

}  // namespace

Episodes::Episodes(Settings settings) : state_(std::make_unique<State>()) {
  require_valid(settings);
  state_->settings = settings;
}
Episodes::Episodes(std::unique_ptr<State> state) : state_(std::move(state)) {}
Episodes::~Episodes() = default;
Episodes::Episodes(Episodes&&) noexcept = default;
Episodes& Episodes::operator=(Episodes&&) noexcept = default;

// What the adopted episodes show now goes into `changed`, in order of id.
void Episodes::show_adopted(const std::vector<std::string>& ids, State& state,
                            std::vector<model::Alert>& changed) {
  for (const std::string& id : ids) {
    model::Alert& alert = state.episodes.at(id).alert;
    const auto at = std::ranges::lower_bound(changed, id, {}, &model::Alert::id);
    if (at != changed.end() && at->id == id) {
      *at = alert;
      continue;
    }
    ++alert.version;
    alert.changed = state.as_of;
    changed.insert(at, alert);
  }
}

std::vector<model::Alert> Episodes::advance(model::Version version, Instant as_of,
                                            const std::vector<Finding>& now,
                                            const std::vector<Finding>& late,
                                            const std::vector<Touch>& touched,
                                            const Scores& scores) {
  State& state = *state_;
  if (version <= state.version || as_of < state.as_of) {
    throw std::logic_error("alert::Episodes::advance: versions rise and time never falls");
  }
  state.version = version;
  state.as_of = as_of;
  Step step(state.settings, state.episodes, version, as_of, touched, scores);
  step.take_answers();
  step.assess();
  step.match(now);
  step.settle();
  step.match_late(late);
  std::vector<model::Alert> changed = step.changes();
  if (has_begun() && !state.strays.empty()) {
    show_adopted(adopt(state.episodes, state.strays, state.settings), state, changed);
    state.strays.clear();
  }
  const auto kept = std::chrono::days(state.settings.kept_days);
  std::erase_if(state.episodes, [&](const auto& entry) {
    return !entry.second.is_open() && as_of - entry.second.alert.changed >= kept;
  });
  return changed;
}

Answer Episodes::acknowledge(const std::string& id, const model::Acknowledgement& acknowledgement) {
  const auto found = state_->episodes.find(id);
  if (found == state_->episodes.end() || acknowledgement.alert_version < 1 ||
      acknowledgement.alert_version > found->second.alert.version ||
      acknowledgement.action == model::AlertAction::kUnspecified) {
    return Answer::kUnknown;
  }
  Episode& episode = found->second;
  if (is_repeated(episode, acknowledgement)) return Answer::kRepeated;
  episode.answers.push_back(acknowledgement);
  return Answer::kTaken;
}

void Episodes::begin(Instant begins) { state_->begins = begins; }

bool Episodes::has_begun() const {
  return state_->version != model::Version() && state_->as_of >= state_->begins;
}

void Episodes::take_stray(const Stray& stray) {
  if (!has_begun()) return state_->strays.push_back(stray);
  const model::Alert* same = find_same(stray.subject, open());
  if (!same || !stray.answer) return;
  take_other(state_->episodes.at(same->id), *stray.answer, {0, stray.severity, stray.count});
}

std::optional<Instant> Episodes::next_change() const {
  const State& state = *state_;
  std::optional<Instant> next;
  const auto consider = [&](Instant instant) {
    if (instant > state.as_of && (!next || instant < *next)) next = instant;
  };
  for (const auto& [id, episode] : state.episodes) {
    if (!episode.is_open()) {
      consider(episode.alert.changed + std::chrono::days(state.settings.shown_days));
      continue;
    }
    // Its windows move with the hour.
    consider(std::chrono::floor<std::chrono::hours>(state.as_of) + std::chrono::hours(1));
    if (episode.quiet_since) {
      consider(*episode.quiet_since + std::chrono::hours(state.settings.close_after_hours));
    }
  }
  return next;
}

const model::Alert* Episodes::find(const std::string& id) const {
  const auto found = state_->episodes.find(id);
  return found == state_->episodes.end() ? nullptr : &found->second.alert;
}

std::vector<const model::Alert*> Episodes::open() const {
  std::vector<const model::Alert*> alerts;
  for (const auto& [id, episode] : state_->episodes) {
    if (episode.is_open()) alerts.push_back(&episode.alert);
  }
  return alerts;
}

std::vector<model::Alert> Episodes::lived(Instant from, Instant to) const {
  std::vector<model::Alert> alerts;
  for (const auto& [id, episode] : state_->episodes) {
    const model::Alert& alert = episode.alert;
    if (alert.opened < to && (episode.is_open() || alert.changed >= from)) alerts.push_back(alert);
  }
  std::sort(alerts.begin(), alerts.end(), [](const model::Alert& a, const model::Alert& b) {
    return std::tie(a.opened, a.id) < std::tie(b.opened, b.id);
  });
  return alerts;
}

std::vector<model::Alert> Episodes::live() const {
  const State& state = *state_;
  std::vector<model::Alert> alerts;
  for (const auto& [id, episode] : state.episodes) {
    const auto shown_until = episode.alert.changed + std::chrono::days(state.settings.shown_days);
    if (episode.is_open() || state.as_of < shown_until) alerts.push_back(episode.alert);
  }
  return alerts;
}

std::vector<Grades> Episodes::grades() const {
  std::map<std::string, Grades> by_jurisdiction;
  for (const auto& [id, episode] : state_->episodes) {
    const auto& list = episode.alert.acknowledgements;
    const auto last =
        std::find_if(list.rbegin(), list.rend(),
                     [](const model::Acknowledgement& one) { return is_grade(one.action); });
    if (last == list.rend()) continue;
    Grades& grades = by_jurisdiction[episode.alert.jurisdiction];
    grades.jurisdiction = episode.alert.jurisdiction;
    ++grades.graded;
    if (last->action == model::AlertAction::kReal) ++grades.real;
  }
  std::vector<Grades> list;
  for (auto& [jurisdiction, grades] : by_jurisdiction) list.push_back(std::move(grades));
  return list;
}

model::Version Episodes::version() const { return state_->version; }
Instant Episodes::as_of() const { return state_->as_of; }

}  // namespace commonwatch::alert
