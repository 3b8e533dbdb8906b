// Who is to be woken now, about what, and why.
//
// A target is paged about an open alert that asks (model::Alert::asks), is not found late, and is
// of a level and jurisdiction that the target wants:
// - when it has not heard of the alert; when the alert reached a higher level, or twice the count,
//   than the last page stated; when somebody answered the last page and the alert asks again;
// - a target that another one escalates to: only when that one was paged and nobody answered for
//   `escalate_after`, counted from what was sent (or from the first attempt while none arrived), or
//   at once when it was given up.
//
// In its quiet hours a target gets only what reaches `breaks_through`. The rest is held back, which
// is recorded once, and sent when they end if the alert still asks.
//
// A page that was intended goes on until it is sent or given up, also when the alert is over by
// then; only a newer page to the same target about the same alert takes its place. An attempt
// whose outcome is not known is repeated at once; one that failed after `retry_first`, and each
// time twice that, up to `retry_max`. Where the wall clock was set back, what was recorded further
// ahead than the wait itself is due.
//
// Pure: no clock, no threads, no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hub/alert/ledger.h"
#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/paging.h"
#include "hub/model/time_zone.h"

namespace commonwatch::alert {

// Local time, in minutes of the day; from 0 to 1439. `to` is not included. 22:00 to 07:00 is over
// midnight. Where a zone's offset is not of whole hours, off by what is missing.
struct QuietHours {
  std::uint16_t from_minute = 0;
  std::uint16_t to_minute = 0;
  friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

struct TargetRules {
  std::string name;                                 // not empty; 1 to 64 of a-z 0-9 - _ .
  model::Severity level = model::Severity::kAlert;  // the lowest that it is paged about
  std::vector<std::string> jurisdictions;           // empty: all
  std::string audience = "all";                     // whose alerts
  std::optional<QuietHours> quiet;
  model::TimeZone time_zone;                                 // of the quiet hours
  model::Severity breaks_through = model::Severity::kAlert;  // from here on quiet hours do not hold
  std::string escalate_to;  // name of another target; empty: nobody
  Duration escalate_after = std::chrono::minutes(10);
  std::uint32_t attempts_max = 8;
};

struct PagingRules {
  std::vector<TargetRules> targets;
  Duration retry_first = std::chrono::seconds(10);
  Duration retry_max = std::chrono::minutes(10);
};

struct Plan {
  // What is to be sent now: records with phase kIntended and time `now`, to be made durable before
  // anything is sent. An attempt above 1 may repeat what arrived before.
  std::vector<model::Paging> due;
  // Records with phase kHeldBack and time `now`, to be made durable.
  std::vector<model::Paging> held_back;
  // When passing time alone makes something due; nothing: never.
  std::optional<Instant> look_again;
};

// `alerts` in order of id; of each alert and target at most one record comes out, in that order.
// `now`: wall clock.
Plan plan(const std::vector<model::Alert>& alerts, const Ledger& ledger, const PagingRules& rules,
          Instant now);

// `alert-1772323200-5be0cd19/3/on-call`: alert, version, target. Names one page, whichever attempt.
std::string page_id(const std::string& alert_id, std::uint32_t alert_version,
                    const std::string& target);

// Whether an attempt that failed was the last one.
inline bool is_last_attempt(const TargetRules& target, std::uint32_t attempt) {
  return attempt >= target.attempts_max;
}

}  // namespace commonwatch::alert
