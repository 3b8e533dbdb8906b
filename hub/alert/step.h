// One advance, in this order: answers, re-scoring, findings, settling, late findings, changes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/alert/episode.h"
#include "hub/alert/explained.h"
#include "hub/alert/scores.h"

namespace commonwatch::alert {

class Step {
 public:
  Step(const Settings& settings, std::map<std::string, Episode>& episodes, model::Version version,
       Instant as_of, const std::vector<Touch>& touched, const Scores& scores)
      : settings_(settings),
        episodes_(episodes),
        version_(version),
        as_of_(as_of),
        touched_(touched),
        scores_(scores) {}

  // Acknowledgements since the last tick show.
  void take_answers();
  // What late or withdrawn data touched is re-scored.
  void assess();
  // Findings join episodes, merge them, or open some.
  void match(const std::vector<Finding>& now);
  // Open episodes without a finding: withdrawn, quiet, closed.
  void settle();
  // Findings of long ago.
  void match_late(const std::vector<Finding>& late);
  // The alerts that differ from before, with new versions.
  std::vector<model::Alert> changes();

 private:
  // Every change of an episode begins here, so that `changes` can compare.
  Episode& edit(const std::string& id);
  Inspection inspect(const Finding& finding) const;
  // What a reader is shown of a finding, and of the strongest moment.
  void show_finding(Episode& episode, const Finding& finding);
  std::string make_id(const Finding& finding) const;
  Episode& open(const Finding& finding);
  void claim(const std::string& id, const Finding& finding);
  bool join_present(const Finding& finding);
  bool join_past(const Finding& finding);
  bool take_over(const Finding& finding);
  bool may_open(const std::string& jurisdiction) const;
  bool is_rescored(const Episode& episode) const;
  void assess(const std::string& id, const Inspection& now);
  void refresh(const std::string& id);
  double present_score(const Episode& episode) const;

  const Settings& settings_;
  std::map<std::string, Episode>& episodes_;
  model::Version version_;
  Instant as_of_;
  const std::vector<Touch>& touched_;
  const Scores& scores_;
  std::map<std::string, model::Alert> before_;  // of those edited; version 0: opened now
  std::set<std::string> claimed_;               // have a finding at this tick
  std::set<std::string> fallen_;                // open; re-scored below their note score
  std::vector<Explained> explained_;
};

}  // namespace commonwatch::alert
