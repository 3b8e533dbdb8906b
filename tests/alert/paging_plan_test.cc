// Who is woken, and when.
#include "hub/alert/paging_plan.h"

#include <catch2/catch.hpp>

#include "hub/alert/stray.h"

namespace commonwatch::alert::test {
namespace {

using model::PageReason;
using model::PagingPhase;
using model::Severity;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// 2026-03-02T15:00:00Z, a Monday: ten in the morning in New York.
const Instant kNow = *parse_rfc3339("2026-03-02T15:00:00Z");

model::Alert alert_of(Severity level, std::uint32_t count = 4) {
  model::Alert alert;
  alert.id = "alert-1";
  alert.version = 1;
  alert.state = model::AlertState::kOpen;
  alert.jurisdiction = "Montgomery";
  alert.hotspot.severity = level;
  alert.hotspot.count = count;
  alert.asks = true;
  return alert;
}

TargetRules target_of(const std::string& name, Severity level = Severity::kNote) {
  TargetRules target;
  target.name = name;
  target.level = level;
  return target;
}

// Plans, and takes part in the log: what is due is sent, or fails, as the test wants.
struct Desk {
  PagingRules rules;
  Ledger ledger;
  model::Alert alert = alert_of(Severity::kWatch);
  Instant now = kNow;

  explicit Desk(std::vector<TargetRules> targets) { rules.targets = std::move(targets); }

  Plan look() const { return plan({alert}, ledger, rules, now); }
  void record(model::Paging step, PagingPhase phase) {
    step.phase = phase;
    ledger.record(step);
  }
  // Everything that is due, with this outcome; held-back records as well.
  std::vector<model::Paging> carry_out(PagingPhase outcome = PagingPhase::kSent) {
    const Plan due = look();
    for (const model::Paging& step : due.held_back) ledger.record(step);
    for (const model::Paging& step : due.due) {
      ledger.record(step);
      if (outcome != PagingPhase::kIntended) record(step, outcome);
    }
    return due.due;
  }
  void becomes(Severity level, std::uint32_t count) {
    ++alert.version;
    alert.hotspot.severity = level;
    alert.hotspot.count = count;
    alert.asks = true;
  }
  void is_answered() {
    alert.acknowledgements.push_back({"anna", model::AlertAction::kSeen, alert.version, now});
    ++alert.version;
    alert.asks = false;
  }
  bool is_silent() const { return look().due.empty() && look().held_back.empty(); }
};

TEST_CASE("An open alert that asks pages a target that has not heard of it") {
  Desk desk({target_of("desk")});
  const Plan first = desk.look();
  REQUIRE(first.due.size() == 1);
  const model::Paging expected{"alert-1", 1,
                               "desk",    "alert-1/1/desk",
                               1,         PagingPhase::kIntended,
                               kNow,      Severity::kWatch,
                               4,         PageReason::kOpened,
                               "all",     subject_of(desk.alert)};
  CHECK(first.due.front() == expected);
  CHECK(first.held_back.empty());
}

TEST_CASE("A page that was sent is not sent again while the alert stays as it is") {
  Desk desk({target_of("desk")});
  desk.carry_out();
  CHECK(desk.is_silent());
  CHECK(!desk.look().look_again);
  desk.now += hours(100);
  CHECK(desk.is_silent());
}

TEST_CASE("An alert below the target's level pages nobody") {
  CHECK(Desk({target_of("desk", Severity::kAlert)}).is_silent());
}

TEST_CASE("An alert of another jurisdiction pages nobody, one of the listed ones does") {
  Desk desk({target_of("desk")});
  desk.rules.targets.front().jurisdictions = {"Delaware", "Chester"};
  CHECK(desk.is_silent());
  desk.rules.targets.front().jurisdictions.push_back("Montgomery");
  CHECK(desk.look().due.size() == 1);
}

TEST_CASE("An alert that was found late pages nobody") {
  Desk desk({target_of("desk")});
  desk.alert.found_late = true;
  CHECK(desk.is_silent());
}

TEST_CASE("An alert that somebody answered before the page pages nobody") {
  Desk desk({target_of("desk")});
  desk.is_answered();
  CHECK(desk.is_silent());
}

TEST_CASE("An alert that is over before a page was intended pages nobody") {
  Desk desk({target_of("desk")});
  desk.alert.state = model::AlertState::kClosed;
  CHECK(desk.is_silent());
}

TEST_CASE("An alert that is over after a page was intended is paged all the same") {
  Desk desk({target_of("desk")});
  desk.carry_out(PagingPhase::kIntended);
  desk.alert.state = model::AlertState::kWithdrawn;
  desk.alert.asks = false;
  REQUIRE(desk.look().due.size() == 1);
  CHECK(desk.look().due.front().page_id == "alert-1/1/desk");
}

TEST_CASE("A higher level than the last page stated is a new page without an answer in between") {
  Desk desk({target_of("desk")});
  desk.carry_out();
  desk.becomes(Severity::kAlert, 5);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().reason == PageReason::kHigherLevel);
  CHECK(due.front().page_id == "alert-1/2/desk");
  CHECK(due.front().attempt == 1);
  CHECK(desk.is_silent());
}

TEST_CASE("Twice the count of the last page is a new page, less than that is not") {
  Desk desk({target_of("desk")});
  desk.carry_out();
  desk.becomes(Severity::kWatch, 7);
  CHECK(desk.is_silent());
  desk.becomes(Severity::kWatch, 8);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().reason == PageReason::kCountDoubled);
  CHECK(desk.is_silent());
}

TEST_CASE("A level that falls and rises again to what was stated is no new page") {
  Desk desk({target_of("desk")});
  desk.becomes(Severity::kAlert, 5);
  desk.carry_out();
  desk.becomes(Severity::kWatch, 4);
  CHECK(desk.is_silent());
  desk.becomes(Severity::kAlert, 5);
  CHECK(desk.is_silent());
}

TEST_CASE("An alert acknowledged at 4 asks again at 8") {
  Desk desk({target_of("desk")});
  desk.carry_out();
  desk.is_answered();
  CHECK(desk.is_silent());
  desk.becomes(Severity::kWatch, 8);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().reason == PageReason::kAsksAgain);
  CHECK(due.front().count == 8);
  CHECK(desk.is_silent());
}

TEST_CASE("An alert that fell before it was answered asks again below what the page stated") {
  Desk desk({target_of("desk")});
  desk.alert.hotspot.count = 9;
  desk.carry_out();
  desk.becomes(Severity::kWatch, 4);
  desk.is_answered();
  desk.becomes(Severity::kWatch, 8);
  REQUIRE(desk.look().due.size() == 1);
  CHECK(desk.look().due.front().reason == PageReason::kAsksAgain);
}

TEST_CASE("An answer to an older version than the page's is no answer to it") {
  Desk desk({target_of("desk")});
  desk.becomes(Severity::kWatch, 8);
  desk.carry_out();
  desk.alert.acknowledgements.push_back({"anna", model::AlertAction::kSeen, 1, kNow});
  CHECK(desk.is_silent());
}

TEST_CASE("Each target is paged on its own") {
  Desk desk({target_of("desk"), target_of("night"), target_of("chief", Severity::kAlert)});
  CHECK(desk.carry_out().size() == 2);
  desk.becomes(Severity::kAlert, 5);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 3);
  CHECK(due[0].reason == PageReason::kHigherLevel);
  CHECK(due[2].target == "chief");
  CHECK(due[2].reason == PageReason::kOpened);
}

// --- attempts --------------------------------------------------------------------------------

TEST_CASE("An intent without an outcome is sent again at once, as the next attempt of the page") {
  Desk desk({target_of("desk")});
  desk.carry_out(PagingPhase::kIntended);
  desk.alert.version = 3;
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().page_id == "alert-1/1/desk");
  CHECK(due.front().alert_version == 1);
  CHECK(due.front().attempt == 2);
  CHECK(desk.is_silent());
}

TEST_CASE("A failed attempt is repeated after a wait that doubles up to its greatest") {
  Desk desk({target_of("desk")});
  desk.rules.retry_first = seconds(10);
  desk.rules.retry_max = seconds(35);
  desk.carry_out(PagingPhase::kFailed);
  std::uint32_t attempt = 1;
  for (const auto wait : {seconds(10), seconds(20), seconds(35), seconds(35)}) {
    REQUIRE(desk.is_silent());
    REQUIRE(desk.look().look_again == desk.now + wait);
    desk.now += wait - seconds(1);
    REQUIRE(desk.is_silent());
    desk.now += seconds(1);
    const auto due = desk.carry_out(PagingPhase::kFailed);
    REQUIRE(due.size() == 1);
    REQUIRE(due.front().attempt == ++attempt);
    REQUIRE(due.front().page_id == "alert-1/1/desk");
    REQUIRE(due.front().reason == PageReason::kOpened);
  }
}

TEST_CASE("The last attempt is the one that the target allows") {
  TargetRules target = target_of("desk");
  target.attempts_max = 3;
  CHECK(!is_last_attempt(target, 2));
  CHECK(is_last_attempt(target, 3));
  CHECK(is_last_attempt(target, 4));
}

TEST_CASE("A page that was given up is not tried again until the alert asks for more") {
  Desk desk({target_of("desk")});
  desk.carry_out(PagingPhase::kGivenUp);
  desk.now += hours(100);
  CHECK(desk.is_silent());
  desk.becomes(Severity::kAlert, 4);
  CHECK(desk.look().due.size() == 1);
}

TEST_CASE("A newer page takes the place of one that failed, without a wait") {
  Desk desk({target_of("desk")});
  desk.carry_out(PagingPhase::kFailed);
  desk.becomes(Severity::kAlert, 5);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().page_id == "alert-1/2/desk");
  CHECK(due.front().attempt == 1);
  desk.now += hours(1);
  CHECK(desk.is_silent());
}

TEST_CASE("A retry is due when the wall clock was set back by more than the wait") {
  Desk desk({target_of("desk")});
  desk.carry_out(PagingPhase::kFailed);
  desk.now -= seconds(5);
  CHECK(desk.is_silent());
  desk.now -= hours(24);
  CHECK(desk.look().due.size() == 1);
}

// --- escalation ------------------------------------------------------------------------------

Desk escalating() {
  TargetRules first = target_of("desk");
  first.escalate_to = "chief";
  first.escalate_after = minutes(10);
  return Desk({first, target_of("chief")});
}

TEST_CASE("A target that another one escalates to is not paged with it") {
  Desk desk = escalating();
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "desk");
}

TEST_CASE("A page that nobody answers in time is escalated once") {
  Desk desk = escalating();
  desk.carry_out();
  CHECK(desk.look().look_again == kNow + minutes(10));
  desk.now += minutes(9);
  CHECK(desk.is_silent());
  desk.now += minutes(1);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "chief");
  CHECK(due.front().reason == PageReason::kEscalated);
  desk.now += hours(24);
  CHECK(desk.is_silent());
}

// As a new engine epoch has it: about the alert's first version, under the page id of another.
model::Paging of_before(const Desk& desk, const std::string& target, Instant at) {
  model::Paging page;
  page.alert_id = desk.alert.id;
  page.alert_version = desk.alert.version;
  page.target = target;
  page.page_id = "old/" + std::to_string(at.time_since_epoch().count()) + "/" + target;
  page.level = desk.alert.hotspot.severity;
  page.count = desk.alert.hotspot.count;
  page.attempt = 1;
  page.at = at;
  return page;
}

TEST_CASE("Of pages of another epoch a later one is escalated, though an earlier one was; once") {
  Desk desk = escalating();
  desk.record(of_before(desk, "desk", kNow), PagingPhase::kSent);
  desk.record(of_before(desk, "chief", kNow + minutes(10)), PagingPhase::kSent);
  desk.now += minutes(30);
  CHECK(desk.is_silent());
  desk.record(of_before(desk, "desk", kNow + minutes(20)), PagingPhase::kSent);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "chief");
  desk.now += hours(1);
  CHECK(desk.is_silent());
}

TEST_CASE("Of two that escalate to one target about one version, it hears once") {
  Desk desk = escalating();
  TargetRules second = desk.rules.targets.front();
  second.name = "second";
  desk.carry_out();
  desk.now += minutes(10);
  REQUIRE(desk.carry_out().size() == 1);
  desk.rules.targets.push_back(second);
  REQUIRE(desk.carry_out().size() == 1);
  desk.now += minutes(20);
  CHECK(desk.is_silent());
}

TEST_CASE("An answer in time keeps a page from being escalated") {
  Desk desk = escalating();
  desk.carry_out();
  desk.is_answered();
  desk.now += hours(1);
  CHECK(desk.is_silent());
}

TEST_CASE("A page that was given up is escalated at once") {
  Desk desk = escalating();
  desk.carry_out(PagingPhase::kGivenUp);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "chief");
}

TEST_CASE("A page that never arrives is escalated when its first attempt is old enough") {
  Desk desk = escalating();
  desk.rules.retry_first = minutes(7);
  desk.carry_out(PagingPhase::kFailed);
  desk.now += minutes(7);
  desk.carry_out(PagingPhase::kFailed);
  desk.now += minutes(3);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "chief");
}

TEST_CASE("A target that is to hear more first has the time to answer that") {
  Desk desk = escalating();
  desk.carry_out();
  desk.now += minutes(30);
  desk.carry_out();
  desk.is_answered();
  desk.becomes(Severity::kAlert, 9);
  desk.now += hours(3);
  auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "desk");
  desk.now += minutes(10);
  due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "chief");
  CHECK(due.front().reason == PageReason::kEscalated);
}

TEST_CASE("A chain escalates link by link") {
  Desk desk = escalating();
  desk.rules.targets[1].escalate_to = "mayor";
  desk.rules.targets[1].escalate_after = minutes(20);
  desk.rules.targets.push_back(target_of("mayor"));
  desk.carry_out();
  desk.now += minutes(10);
  CHECK(desk.carry_out().front().target == "chief");
  desk.now += minutes(19);
  CHECK(desk.is_silent());
  desk.now += minutes(1);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().target == "mayor");
}

TEST_CASE("An escalation below the level of who would be woken wakes nobody") {
  Desk desk = escalating();
  desk.rules.targets[1].level = Severity::kAlert;
  desk.carry_out();
  desk.now += hours(1);
  CHECK(desk.is_silent());
}

TEST_CASE("A wall clock that was set back a little escalates nothing early") {
  Desk desk = escalating();
  desk.carry_out();
  desk.now -= seconds(30);
  CHECK(desk.is_silent());
}

// --- quiet hours -----------------------------------------------------------------------------

// Quiet from ten at night to seven in New York.
Desk quiet_desk() {
  TargetRules target = target_of("desk");
  target.quiet = QuietHours{22 * 60, 7 * 60};
  target.time_zone = model::TimeZone::load("America/New_York").value();
  return Desk({target});
}

TEST_CASE("Quiet hours hold a watch back once and send it when they end") {
  Desk desk = quiet_desk();
  desk.now = *parse_rfc3339("2026-03-03T04:30:00Z");  // 23:30
  const Plan night = desk.look();
  REQUIRE(night.held_back.size() == 1);
  CHECK(night.due.empty());
  CHECK(night.held_back.front().phase == PagingPhase::kHeldBack);
  CHECK(night.held_back.front().attempt == 0);
  CHECK(night.look_again == *parse_rfc3339("2026-03-03T12:00:00Z"));
  desk.carry_out();
  CHECK(desk.is_silent());
  CHECK(desk.look().look_again == *parse_rfc3339("2026-03-03T12:00:00Z"));
  desk.now = *parse_rfc3339("2026-03-03T11:59:59Z");
  CHECK(desk.is_silent());
  desk.now = *parse_rfc3339("2026-03-03T12:00:00Z");
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().attempt == 1);
  CHECK(due.front().reason == PageReason::kOpened);
  CHECK(desk.is_silent());
}

TEST_CASE("What was held back is sent as the alert stands when quiet hours end") {
  Desk desk = quiet_desk();
  desk.now = *parse_rfc3339("2026-03-03T04:30:00Z");
  desk.carry_out();
  desk.becomes(Severity::kWatch, 9);
  CHECK(desk.is_silent());
  desk.now = *parse_rfc3339("2026-03-03T12:00:00Z");
  REQUIRE(desk.look().due.size() == 1);
  CHECK(desk.look().due.front().count == 9);
  CHECK(desk.look().due.front().page_id == "alert-1/2/desk");
}

TEST_CASE("What was held back is never sent if somebody answered or it is over by then") {
  Desk desk = quiet_desk();
  desk.now = *parse_rfc3339("2026-03-03T04:30:00Z");
  desk.carry_out();
  desk.is_answered();
  desk.now = *parse_rfc3339("2026-03-03T12:00:00Z");
  CHECK(desk.is_silent());
}

TEST_CASE("An alert breaks through quiet hours, also behind a watch that was held back") {
  Desk desk = quiet_desk();
  desk.now = *parse_rfc3339("2026-03-03T04:30:00Z");
  desk.carry_out();
  desk.becomes(Severity::kAlert, 5);
  const auto due = desk.carry_out();
  REQUIRE(due.size() == 1);
  CHECK(due.front().level == Severity::kAlert);
  CHECK(desk.is_silent());
}

TEST_CASE("A target may let a watch break through, too") {
  Desk desk = quiet_desk();
  desk.rules.targets.front().breaks_through = Severity::kWatch;
  desk.now = *parse_rfc3339("2026-03-03T04:30:00Z");
  CHECK(desk.look().due.size() == 1);
}

TEST_CASE("Quiet hours by day end at their minute") {
  Desk desk = quiet_desk();
  desk.rules.targets.front().quiet = QuietHours{9 * 60 + 30, 10 * 60 + 15};
  CHECK(desk.look().due.empty());
  desk.now = kNow + minutes(14);
  CHECK(desk.look().due.empty());
  desk.now = kNow + minutes(15);
  CHECK(desk.look().due.size() == 1);
  desk.now = kNow - minutes(31);
  CHECK(desk.look().due.size() == 1);
}

TEST_CASE("A retry waits until quiet hours end") {
  Desk desk = quiet_desk();
  desk.now = *parse_rfc3339("2026-03-03T02:59:55Z");  // 21:59:55
  desk.carry_out(PagingPhase::kFailed);
  desk.now = *parse_rfc3339("2026-03-03T03:30:00Z");
  CHECK(desk.is_silent());
  CHECK(desk.look().look_again == *parse_rfc3339("2026-03-03T12:00:00Z"));
  desk.now = *parse_rfc3339("2026-03-03T12:00:00Z");
  REQUIRE(desk.look().due.size() == 1);
  CHECK(desk.look().due.front().attempt == 2);
}

TEST_CASE("A page that was held back is not escalated") {
  Desk desk = escalating();
  desk.rules.targets.front().quiet = QuietHours{22 * 60, 7 * 60};
  desk.now = *parse_rfc3339("2026-03-03T23:00:00Z");
  desk.carry_out();
  desk.now += hours(2);
  CHECK(desk.is_silent());
}

TEST_CASE(
    "Who does not answer before his quiet hours is escalated, also when there is more to tell") {
  Desk desk = quiet_desk();
  desk.rules.targets.front().escalate_to = "chief";
  desk.rules.targets.front().escalate_after = minutes(10);
  desk.rules.targets.push_back(target_of("chief"));
  desk.now = *parse_rfc3339("2026-03-03T02:55:00Z");  // 21:55
  REQUIRE(desk.carry_out().size() == 1);
  desk.now = *parse_rfc3339("2026-03-03T03:02:00Z");
  desk.becomes(Severity::kWatch, 20);
  CHECK(desk.carry_out().empty());
  desk.now = *parse_rfc3339("2026-03-03T03:05:00Z");
  const auto escalated = desk.carry_out();
  REQUIRE(escalated.size() == 1);
  CHECK(escalated.front().target == "chief");
  CHECK(escalated.front().count == 20);
  // And hears of it himself in the morning.
  desk.now = *parse_rfc3339("2026-03-03T12:00:00Z");
  const auto morning = desk.carry_out();
  REQUIRE(morning.size() == 1);
  CHECK(morning.front().target == "desk");
}

TEST_CASE("Quiet hours end by local time on the night that clocks go forward") {
  Desk desk = quiet_desk();
  desk.now = *parse_rfc3339("2026-03-08T06:30:00Z");  // 01:30 in winter time
  desk.carry_out();
  desk.now = *parse_rfc3339("2026-03-08T10:59:00Z");  // 06:59 in summer time
  CHECK(desk.is_silent());
  desk.now = *parse_rfc3339("2026-03-08T11:00:00Z");
  CHECK(desk.look().due.size() == 1);
}

// --- several alerts --------------------------------------------------------------------------

TEST_CASE(
    "Several alerts are planned in order, and looked at again when the first of them is due") {
  Desk desk({target_of("desk")});
  desk.rules.retry_first = seconds(10);
  model::Alert other = desk.alert;
  other.id = "alert-2";
  const auto both = plan({desk.alert, other}, desk.ledger, desk.rules, kNow);
  REQUIRE(both.due.size() == 2);
  CHECK(both.due[0].alert_id == "alert-1");
  CHECK(both.due[1].alert_id == "alert-2");
  desk.record(both.due[0], PagingPhase::kFailed);
  model::Paging later = both.due[1];
  later.at += seconds(5);
  desk.record(later, PagingPhase::kFailed);
  const auto again = plan({desk.alert, other}, desk.ledger, desk.rules, kNow + seconds(6));
  CHECK(again.due.empty());
  CHECK(again.look_again == kNow + seconds(10));
}

}  // namespace
}  // namespace commonwatch::alert::test
