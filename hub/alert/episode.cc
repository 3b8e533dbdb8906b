#include "hub/alert/episode.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace commonwatch::alert {
namespace {

auto visible(const model::Hotspot& h) {
  return std::tie(h.zone, h.window_hours, h.count, h.fatal, h.severity, h.last_occurred,
                  h.provisional);
}

// The zone becomes the present one; the oldest are forgotten.
void have(Episode& episode, const Ground& ground, const Settings& settings) {
  std::erase_if(episode.grounds, [&](const Ground& had) { return had.zone == ground.zone; });
  episode.grounds.push_back(ground);
  if (episode.grounds.size() > settings.zones_max) episode.grounds.erase(episode.grounds.begin());
}

}  // namespace

bool is_more(const Shown& now, const Shown& than) {
  return now.severity > than.severity ||
         (now.count > than.count && now.count >= 2 * std::uint64_t{than.count});
}

bool differ_visibly(const model::Hotspot& a, const model::Hotspot& b, const Settings& settings) {
  return visible(a) != visible(b) || std::abs(a.score - b.score) >= settings.score_step_nats;
}

void show(Episode& episode, const Inspection& moment) {
  episode.alert.hotspot = moment.hotspot;
  episode.alert.evidence = moment.evidence;
  episode.alert.peak = std::max(episode.alert.peak, moment.hotspot.severity);
}

void follow(Episode& episode, const Finding& finding, const Settings& settings) {
  const bool first = episode.grounds.empty();
  const Instant start = finding.window_end - std::chrono::hours(finding.hotspot.window_hours);
  episode.span_start = first ? start : std::min(episode.span_start, start);
  episode.span_end = first ? finding.window_end : std::max(episode.span_end, finding.window_end);
  episode.quiet_since.reset();
  have(episode, ground_of(finding.hotspot), settings);
}

void set_best(Episode& episode, const Inspection& moment) {
  episode.best = moment;
  episode.note_score = moment.evidence.note_score;
  const double score = moment.hotspot.score;
  // An earlier weakening says nothing about a moment as strong as it ever was.
  if (score >= episode.best_shown && episode.alert.assessment == model::Assessment::kWeakened) {
    episode.alert.assessment = model::Assessment::kUnspecified;
  }
  episode.best_shown = std::max(episode.best_shown, score);
}

void begin_anew(Episode& episode, const Finding& finding) {
  episode.grounds.clear();
  episode.best = {};
  episode.best_shown = 0;
  episode.alert.assessment = model::Assessment::kUnspecified;
  if (!episode.shown.empty()) episode.shown.front().count = finding.hotspot.count;
}

bool assess(Episode& episode, const Inspection& now) {
  const double score = now.hotspot.score;
  episode.alert.assessment =
      score >= episode.best_shown ? model::Assessment::kConfirmed : model::Assessment::kWeakened;
  episode.best = now;
  episode.best_shown = std::max(episode.best_shown, score);
  return score >= episode.note_score;
}

void end(Episode& episode, model::AlertState state, Instant as_of) {
  model::Alert& alert = episode.alert;
  // A closed one that is withdrawn was over before.
  if (episode.is_open()) alert.closed = as_of;
  alert.state = state;
  if (state == model::AlertState::kWithdrawn) alert.assessment = model::Assessment::kUnspecified;
  alert.asks = false;
  show(episode, episode.best);
  episode.quiet_since.reset();
  episode.shown.clear();
}

void merge(Episode& kept, Episode& other, Instant as_of, const Settings& settings) {
  model::Alert& alert = kept.alert;
  for (const Ground& ground : other.grounds) have(kept, ground, settings);
  kept.span_start = std::min(kept.span_start, other.span_start);
  kept.span_end = std::max(kept.span_end, other.span_end);
  if (other.best.hotspot.score > kept.best.hotspot.score) set_best(kept, other.best);
  alert.peak = std::max(alert.peak, other.alert.peak);
  // Nobody has answered for what it took in.
  if (other.alert.asks && !alert.asks) kept.shown.clear();
  const auto at = std::lower_bound(alert.merged.begin(), alert.merged.end(), other.alert.id);
  alert.merged.insert(at, other.alert.id);
  other.alert.merged_into = alert.id;
  end(other, model::AlertState::kMerged, as_of);
}

void take_answers(Episode& episode, const Settings& settings) {
  model::Alert& alert = episode.alert;
  std::vector<Shown>& shown = episode.shown;
  for (const model::Acknowledgement& answer : episode.answers) {
    if (alert.acknowledgements.size() < settings.acknowledgements_max) {
      alert.acknowledgements.push_back(answer);
    }
    if (shown.empty() || answer.alert_version < shown.front().version) continue;
    alert.asks = false;
    const auto behind = std::find_if(shown.begin(), shown.end(), [&](const Shown& later) {
      return later.version > answer.alert_version;
    });
    Shown answered = *(behind - 1);
    answered.severity = std::max(answered.severity, shown.front().severity);
    answered.count = std::max(answered.count, shown.front().count);
    shown.erase(shown.begin(), behind - 1);
    shown.front() = answered;
  }
  episode.answers.clear();
}

bool is_repeated(const Episode& episode, const model::Acknowledgement& answer) {
  const auto is_same = [&](const model::Acknowledgement& other) {
    return std::tie(other.principal, other.action, other.alert_version) ==
           std::tie(answer.principal, answer.action, answer.alert_version);
  };
  return std::ranges::any_of(episode.alert.acknowledgements, is_same) ||
         std::ranges::any_of(episode.answers, is_same);
}

void take_other(Episode& episode, model::Acknowledgement answer, const Shown& answered) {
  answer.alert_version = 0;
  const auto newest = std::find_if(episode.shown.rbegin(), episode.shown.rend(),
                                   [&](const Shown& shown) { return !is_more(shown, answered); });
  if (newest != episode.shown.rend()) {
    answer.alert_version = newest->version;
    // It asks again when it is more than what was answered, not than what is shown here so far.
    newest->severity = std::max(newest->severity, answered.severity);
    newest->count = std::max(newest->count, answered.count);
  }
  if (!is_repeated(episode, answer)) episode.answers.push_back(std::move(answer));
}

void ask(Episode& episode) {
  // Versions between two answers that differ in level or count; the first is always kept.
  constexpr std::size_t kShownMax = 64;
  if (!episode.is_open()) return;
  const model::Hotspot& hotspot = episode.alert.hotspot;
  const Shown now{episode.alert.version, hotspot.severity, hotspot.count};
  std::vector<Shown>& shown = episode.shown;
  if (shown.empty() || is_more(now, shown.front())) {
    episode.alert.asks = true;
    shown = {now};
  } else if (now.severity != shown.back().severity || now.count != shown.back().count) {
    shown.push_back(now);
    if (shown.size() > kShownMax) shown.erase(shown.begin() + 1);
  }
}

}  // namespace commonwatch::alert
