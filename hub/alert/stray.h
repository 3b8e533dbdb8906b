// What the log says of an alert that another engine epoch named: somebody was told of it, or
// answered it.
//
// A new epoch folds the log anew, and its alerts are there when it begins. What was said before
// then belongs to the open alert of the same jurisdiction that has the same zone, or to the only
// one whose ground it shares, if what was counted then is in the alert's window, and nothing that
// the alert counts is so much later that another could have ended in between. Where that is not
// certain it belongs to none: better that somebody is woken twice than nobody.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/alert/episode.h"
#include "hub/alert/ledger.h"
#include "hub/alert/settings.h"
#include "hub/base/time.h"
#include "hub/model/alert.h"
#include "hub/model/alert_subject.h"

namespace commonwatch::alert {

struct Stray {
  std::string alert_id;  // of the other epoch
  model::AlertSubject subject;
  // Of the alert as it was told or answered; kUnspecified and 0: not known.
  model::Severity severity = model::Severity::kUnspecified;
  std::uint32_t count = 0;
  // Nothing: it asked, and somebody was told.
  std::optional<model::Acknowledgement> answer;
};

model::AlertSubject subject_of(const model::Alert& alert);

// An episode goes on for so long without anything new (Settings::close_after_hours).
inline constexpr Duration kSameEventGap = std::chrono::hours(24);

// The alert that it belongs to, or none.
const model::Alert* find_same(const model::AlertSubject& subject,
                              const std::vector<const model::Alert*>& alerts);

// What the page is a step of, as a page about the alert that it belongs to, for the ledger. Nothing
// where that knows a page of this epoch already: an older one never takes its place.
std::optional<model::Paging> page_about(const model::Alert& alert, const model::Paging& page,
                                        const Ledger& ledger);

// With the tick with which an epoch begins: each answer is listed with the alert that it belongs
// to, and silences it, if the alert is not more than what was answered, and all that anybody was
// told of that place was answered. Gives the ids of the episodes that changed, in order.
std::vector<std::string> adopt(std::map<std::string, Episode>& episodes,
                               const std::vector<Stray>& strays, const Settings& settings);

}  // namespace commonwatch::alert
