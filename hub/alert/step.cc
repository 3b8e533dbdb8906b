#include "hub/alert/step.h"

#include <algorithm>

namespace commonwatch::alert {

Episode& Step::edit(const std::string& id) {
  Episode& episode = episodes_.at(id);
  before_.try_emplace(id, episode.alert);
  return episode;
}

void Step::take_answers() {
  for (auto& [id, episode] : episodes_) {
    if (!episode.answers.empty()) alert::take_answers(edit(id), settings_);
  }
}

bool Step::is_rescored(const Episode& episode) const {
  if (episode.is_open()) return true;
  return episode.alert.state == model::AlertState::kClosed &&
         as_of_ - episode.alert.closed < std::chrono::days(settings_.rescored_days);
}

void Step::assess() {
  const Instant late = as_of_ - std::chrono::hours(settings_.late_after_hours);
  for (auto& [id, episode] : episodes_) {
    if (touched_.empty() || !is_rescored(episode)) continue;
    bool is_touched = false;
    bool is_late = false;
    const Reach reach(episode.alert.jurisdiction, episode.best, scores_);
    for (const Touch& touch : touched_) {
      if (is_late || !reach.holds(touch)) continue;
      is_touched = true;
      is_late = touch.occurred <= late;
    }
    if (!is_touched) continue;
    const model::Hotspot& best = episode.best.hotspot;
    const Inspection now = scores_.inspect(episode.alert.jurisdiction, best.zone, best.window_hours,
                                           episode.best.evidence.window_end);
    // What came in live only adds to it, and shows in the findings.
    if (is_late || now.hotspot.count < best.count) assess(id, now);
  }
}

void Step::assess(const std::string& id, const Inspection& now) {
  Episode& episode = edit(id);
  const bool stands = alert::assess(episode, now);
  if (episode.is_open()) {
    if (!stands) fallen_.insert(id);
  } else if (!stands) {
    end(episode, model::AlertState::kWithdrawn, as_of_);
  } else if (differ_visibly(episode.alert.hotspot, now.hotspot, settings_)) {
    show(episode, now);
  }
}

// What the last finding counted may have changed since.
void Step::refresh(const std::string& id) {
  Episode& episode = episodes_.at(id);
  const Inspection shown{episode.alert.hotspot, episode.alert.evidence};
  const Reach reach(episode.alert.jurisdiction, shown, scores_);
  const auto holds = [&](const Touch& touch) { return reach.holds(touch); };
  if (std::none_of(touched_.begin(), touched_.end(), holds)) return;
  const Inspection now = scores_.inspect(episode.alert.jurisdiction, shown.hotspot.zone,
                                         shown.hotspot.window_hours, shown.evidence.window_end);
  if (differ_visibly(shown.hotspot, now.hotspot, settings_)) show(edit(id), now);
}

double Step::present_score(const Episode& episode) const {
  const model::Hotspot& hotspot = episode.alert.hotspot;
  for (const Explained& explained : explained_) {
    if (explained.area->jurisdiction == episode.alert.jurisdiction &&
        explained.area->hotspot.zone == hotspot.zone) {
      return explained.remainder;
    }
  }
  const Instant window_end = std::chrono::floor<std::chrono::hours>(as_of_) + std::chrono::hours(1);
  return scores_.inspect(episode.alert.jurisdiction, hotspot.zone, hotspot.window_hours, window_end)
      .hotspot.score;
}

void Step::settle() {
  for (auto& [id, episode] : episodes_) {
    if (!episode.is_open() || claimed_.contains(id)) continue;
    if (fallen_.contains(id)) {
      end(edit(id), model::AlertState::kWithdrawn, as_of_);
      continue;
    }
    refresh(id);
    if (present_score(episode) >= episode.note_score / 2) {
      episode.quiet_since.reset();
      continue;
    }
    if (!episode.quiet_since) episode.quiet_since = as_of_;
    if (as_of_ - *episode.quiet_since >= std::chrono::hours(settings_.close_after_hours)) {
      end(edit(id), model::AlertState::kClosed, as_of_);
    }
  }
}

std::vector<model::Alert> Step::changes() {
  std::vector<model::Alert> changed;
  for (const auto& [id, before] : before_) {
    Episode& episode = episodes_.at(id);
    if (episode.alert == before) continue;
    episode.alert.version = before.version + 1;
    episode.alert.changed = as_of_;
    ask(episode);
    changed.push_back(episode.alert);
  }
  return changed;
}

}  // namespace commonwatch::alert
