#include "hub/alert/stray.h"

#include <algorithm>

#include "hub/alert/ground.h"

namespace commonwatch::alert {
namespace {

struct Said {
  std::vector<const Stray*> of_place;  // in the order of the log
  std::vector<const Stray*> answers;   // that belong to the alert
};

bool is_near(const model::AlertSubject& subject, const model::Alert& alert) {
  if (alert.state != model::AlertState::kOpen || alert.jurisdiction != subject.jurisdiction) {
    return false;
  }
  return alert.hotspot.zone == subject.zone ||
         overlap(ground_of(subject.zone, subject.center), ground_of(alert.hotspot));
}

bool counts_the_same(const model::AlertSubject& subject, const model::Alert& alert) {
  return subject.last_occurred >= alert.evidence.window_start &&
         alert.hotspot.last_occurred <= subject.last_occurred + kSameEventGap;
}

Shown shown_in(const Stray& stray) { return {0, stray.severity, stray.count}; }

// Whether each alert of the place was answered as far as somebody was told of it.
bool is_all_answered(const std::vector<const Stray*>& of_place) {
  std::map<std::string, Shown> told;
  for (const Stray* stray : of_place) {
    const auto known = told.find(stray->alert_id);
    if (!stray->answer) {
      told[stray->alert_id] = shown_in(*stray);
    } else if (known != told.end() && !is_more(known->second, shown_in(*stray))) {
      told.erase(known);
    }
  }
  return told.empty();
}

// False: nobody answered.
bool take(Episode& episode, const Said& said, const Settings& settings) {
  const bool silences = is_all_answered(said.of_place);
  for (const Stray* stray : said.answers) {
    take_other(episode, *stray->answer, silences ? shown_in(*stray) : Shown{});
  }
  const bool is_answered = !episode.answers.empty();
  take_answers(episode, settings);
  return is_answered;
}

}  // namespace

model::AlertSubject subject_of(const model::Alert& alert) {
  return {alert.jurisdiction, alert.hotspot.zone, alert.hotspot.center,
          alert.hotspot.last_occurred};
}

const model::Alert* find_same(const model::AlertSubject& subject,
                              const std::vector<const model::Alert*>& alerts) {
  const model::Alert* only = nullptr;
  std::size_t near = 0;
  for (const model::Alert* alert : alerts) {
    if (!is_near(subject, *alert) || !counts_the_same(subject, *alert)) continue;
    if (alert->hotspot.zone == subject.zone) return alert;
    only = alert;
    ++near;
  }
  return near == 1 ? only : nullptr;
}

std::optional<model::Paging> page_about(const model::Alert& alert, const model::Paging& page,
                                        const Ledger& ledger) {
  const Page* known = ledger.find(alert.id, page.target);
  if (known && known->id != page.page_id && known->id.starts_with(alert.id + "/")) {
    return std::nullopt;
  }
  model::Paging about = page;
  about.alert_id = alert.id;
  about.alert_version = known && known->id == page.page_id ? known->alert_version : alert.version;
  return about;
}

std::vector<std::string> adopt(std::map<std::string, Episode>& episodes,
                               const std::vector<Stray>& strays, const Settings& settings) {
  std::vector<const model::Alert*> open;
  for (const auto& [id, episode] : episodes) {
    if (episode.is_open()) open.push_back(&episode.alert);
  }
  std::map<std::string, Said> said;  // by id of the episode
  for (const Stray& stray : strays) {
    for (const model::Alert* alert : open) {
      if (is_near(stray.subject, *alert)) said[alert->id].of_place.push_back(&stray);
    }
    const model::Alert* alert = stray.answer ? find_same(stray.subject, open) : nullptr;
    if (alert) said[alert->id].answers.push_back(&stray);
  }
  std::vector<std::string> changed;
  for (const auto& [id, of_alert] : said) {
    if (take(episodes.at(id), of_alert, settings)) changed.push_back(id);
  }
  return changed;
}

}  // namespace commonwatch::alert
