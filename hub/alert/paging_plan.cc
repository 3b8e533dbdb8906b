#include "hub/alert/paging_plan.h"

#include <algorithm>

#include "hub/alert/stray.h"

namespace commonwatch::alert {
namespace {

using model::PageReason;
using model::PagingPhase;

// Doubling a back-off so often leaves room in 64 bits, and passes every `retry_max`.
constexpr std::uint32_t kDoublingsMax = 20;

class Planner {
 public:
  Planner(const Ledger& ledger, const PagingRules& rules, Instant now)
      : ledger_(ledger), rules_(rules), now_(now) {}

  void consider(const model::Alert& alert, const TargetRules& target);
  Plan finish() { return std::move(plan_); }

 private:
  // Why a new page is due, if one is.
  std::optional<PageReason> reason(const model::Alert& alert, const TargetRules& target,
                                   const Page* page);
  std::optional<PageReason> reason_to_escalate(const model::Alert& alert, const TargetRules& target,
                                               const Page* page);
  bool is_escalated_to(const TargetRules& target) const;
  Instant escalates_at(const TargetRules& from, const Page& page) const;
  void begin(const model::Alert& alert, const TargetRules& target, const Page* page,
             PageReason reason);
  void go_on(const model::Alert& alert, const TargetRules& target, const Page& page);
  Instant retries_at(const Page& page) const;
  Instant after(Instant since, Duration wait) const;
  // Holds now, or has to be looked at again then.
  bool has_come(Instant at);
  void look_again(Instant at);

  const Ledger& ledger_;
  const PagingRules& rules_;
  Instant now_;
  Plan plan_;
};

int local_minute(const TargetRules& target, Instant instant) {
  const auto hour = std::chrono::floor<std::chrono::hours>(instant.time_since_epoch());
  const auto minute =
      std::chrono::floor<std::chrono::minutes>(instant.time_since_epoch() - hour).count();
  const std::int64_t local = target.time_zone.local_hour(hour.count());
  return static_cast<int>(((local % 24) + 24) % 24 * 60 + minute);
}

bool is_quiet(const TargetRules& target, model::Severity level, Instant now) {
  if (!target.quiet || level >= target.breaks_through) return false;
  const int minute = local_minute(target, now);
  const int from = target.quiet->from_minute;
  const int to = target.quiet->to_minute;
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

// Off by the change of offset on a day that has one; whoever looks again then sees that it lasts,
// or comes an hour late.
Instant quiet_end(const TargetRules& target, Instant now) {
  constexpr int kDay = 24 * 60;
  const int left = (target.quiet->to_minute - local_minute(target, now) + kDay) % kDay;
  return std::chrono::floor<std::chrono::minutes>(now) + std::chrono::minutes(left);
}

bool wants(const TargetRules& target, const model::Alert& alert) {
  if (alert.hotspot.severity < target.level) return false;
  return target.jurisdictions.empty() ||
         std::find(target.jurisdictions.begin(), target.jurisdictions.end(), alert.jurisdiction) !=
             target.jurisdictions.end();
}

bool asks_somebody(const model::Alert& alert) {
  return alert.state == model::AlertState::kOpen && alert.asks && !alert.found_late;
}

// The alert asks for more than what the page told.
std::optional<PageReason> reason_beyond(const model::Alert& alert, const Page& page) {
  const auto answers_page = [&](const model::Acknowledgement& answer) {
    return answer.alert_version >= page.alert_version;
  };
  if (std::any_of(alert.acknowledgements.begin(), alert.acknowledgements.end(), answers_page)) {
    return PageReason::kAsksAgain;
  }
  if (alert.hotspot.severity > page.level) return PageReason::kHigherLevel;
  if (alert.hotspot.count >= 2 * std::uint64_t{page.count} && alert.hotspot.count > page.count) {
    return PageReason::kCountDoubled;
  }
  return std::nullopt;
}

// Whether `other` tells of something newer. Pages of another engine epoch are all about the version
// that the alert has first in this one; of those the later one does.
bool is_older(const model::Alert& alert, const Page& page, const Page& other) {
  if (page.alert_version != other.alert_version) return page.alert_version < other.alert_version;
  return !page.id.starts_with(alert.id + "/") && page.started < other.started;
}

model::Paging make_step(const model::Alert& alert, const TargetRules& target, PageReason reason) {
  model::Paging step;
  step.alert_id = alert.id;
  step.alert_version = alert.version;
  step.target = target.name;
  step.page_id = page_id(alert.id, alert.version, target.name);
  step.level = alert.hotspot.severity;
  step.count = alert.hotspot.count;
  step.reason = reason;
  step.subject = subject_of(alert);
  return step;
}

void Planner::look_again(Instant at) {
  if (!plan_.look_again || at < *plan_.look_again) plan_.look_again = at;
}

bool Planner::has_come(Instant at) {
  if (at <= now_) return true;
  look_again(at);
  return false;
}

bool Planner::is_escalated_to(const TargetRules& target) const {
  return std::any_of(rules_.targets.begin(), rules_.targets.end(),
                     [&](const TargetRules& from) { return from.escalate_to == target.name; });
}

// The wall clock may have been set back since: nobody waits longer than twice as long.
Instant Planner::after(Instant since, Duration wait) const {
  return since > now_ + wait ? now_ : since + wait;
}

Instant Planner::escalates_at(const TargetRules& from, const Page& page) const {
  if (page.phase == PagingPhase::kGivenUp) return now_;
  return after(page.phase == PagingPhase::kSent ? page.at : page.started, from.escalate_after);
}

std::optional<PageReason> Planner::reason_to_escalate(const model::Alert& alert,
                                                      const TargetRules& target, const Page* page) {
  for (const TargetRules& from : rules_.targets) {
    if (from.escalate_to != target.name) continue;
    const Page* unanswered = ledger_.find(alert.id, from.name);
    if (!unanswered || unanswered->phase == PagingPhase::kHeldBack) continue;
    // Not yet: it is to hear more first, unless it is not to be woken.
    const bool is_asleep = is_quiet(from, alert.hotspot.severity, now_);
    if (reason_beyond(alert, *unanswered) && !is_asleep) continue;
    if (page && !is_older(alert, *page, *unanswered)) continue;
    if (has_come(escalates_at(from, *unanswered))) return PageReason::kEscalated;
  }
  return std::nullopt;
}

std::optional<PageReason> Planner::reason(const model::Alert& alert, const TargetRules& target,
                                          const Page* page) {
  if (!asks_somebody(alert) || !wants(target, alert)) return std::nullopt;
  if (page && page->phase == PagingPhase::kHeldBack) return page->reason;
  if (is_escalated_to(target)) return reason_to_escalate(alert, target, page);
  return page ? reason_beyond(alert, *page) : PageReason::kOpened;
}

void Planner::begin(const model::Alert& alert, const TargetRules& target, const Page* page,
                    PageReason reason) {
  model::Paging step = make_step(alert, target, reason);
  step.at = now_;
  if (!is_quiet(target, step.level, now_)) {
    step.phase = PagingPhase::kIntended;
    step.attempt = 1;
    plan_.due.push_back(std::move(step));
    return;
  }
  look_again(quiet_end(target, now_));
  // What it has been told of stays what others are woken for if it does not answer.
  if (page) return;
  step.phase = PagingPhase::kHeldBack;
  plan_.held_back.push_back(std::move(step));
}

Instant Planner::retries_at(const Page& page) const {
  if (page.phase == PagingPhase::kIntended) return now_;
  const std::uint32_t doublings = std::min(page.attempts - 1, kDoublingsMax);
  return after(page.at,
               std::min(rules_.retry_first * (std::int64_t{1} << doublings), rules_.retry_max));
}

void Planner::go_on(const model::Alert& alert, const TargetRules& target, const Page& page) {
  if (is_quiet(target, page.level, now_)) return look_again(quiet_end(target, now_));
  if (!has_come(retries_at(page))) return;
  model::Paging step = make_step(alert, target, page.reason);
  step.alert_version = page.alert_version;
  step.page_id = page.id;
  step.level = page.level;
  step.count = page.count;
  step.attempt = page.attempts + 1;
  step.phase = PagingPhase::kIntended;
  step.at = now_;
  plan_.due.push_back(std::move(step));
}

void Planner::consider(const model::Alert& alert, const TargetRules& target) {
  const Page* page = ledger_.find(alert.id, target.name);
  if (const auto why = reason(alert, target, page)) return begin(alert, target, page, *why);
  if (page && is_under_way(*page)) go_on(alert, target, *page);
}

}  // namespace

std::string page_id(const std::string& alert_id, std::uint32_t alert_version,
                    const std::string& target) {
  return alert_id + "/" + std::to_string(alert_version) + "/" + target;
}

Plan plan(const std::vector<model::Alert>& alerts, const Ledger& ledger, const PagingRules& rules,
          Instant now) {
  Planner planner(ledger, rules, now);
  for (const model::Alert& alert : alerts) {
    for (const TargetRules& target : rules.targets) planner.consider(alert, target);
  }
  return planner.finish();
}

}  // namespace commonwatch::alert
