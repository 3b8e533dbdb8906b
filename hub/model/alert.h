// An episode: a zone beyond expectation, from its opening to its end, with what it rests on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/zone.h"

namespace commonwatch::model {

// The numbers of hotspot.proto.
enum class AlertState : std::uint8_t { kUnspecified, kOpen, kClosed, kWithdrawn, kMerged };
// What later data made of an episode: still as strong or stronger, weaker but above its threshold.
enum class Assessment : std::uint8_t { kUnspecified, kConfirmed, kWeakened };
enum class AlertAction : std::uint8_t { kUnspecified, kSeen, kTaken, kReal, kNotReal };

// Persons of the window that one agency reported; an incident that several saw counts for each.
struct AgencyCount {
  std::string partner;
  std::uint32_t persons = 0;
  friend bool operator==(const AgencyCount&, const AgencyCount&) = default;
};

// Every number that the score is made of, so that it can be checked by hand (docs/STATISTICS.md):
//   rate     = (baseline_persons + prior_persons) / exposure_days       persons a day
//   expected = rate * profile_days * completeness * trend                persons
//   score    = C ln(C/B) - (C + 1/a) ln((1 + a C) / (1 + a B))           B expected, a dispersion
struct Evidence {
  Instant window_start{};  // occurred time, whole hours
  Instant window_end{};    // not included
  double baseline_persons = 0;  // of the zone in the trailing period
  double prior_persons = 0;
  double exposure_days = 0;
  double profile_days = 0;  // the window, in days of the mean rate
  double completeness = 1;
  double trend = 1;
  double dispersion = 0;  // per person: variance = B + dispersion B^2
  // Scores from which a hotspot of the jurisdiction is a note, a watch, an alert.
  double note_score = 0;
  double watch_score = 0;
  double alert_score = 0;
  // The space-time permutation statistic: persons of the zone, of the window, of both, in the
  // whole period; nats.
  std::uint32_t permutation_zone = 0;
  std::uint32_t permutation_window = 0;
  std::uint32_t permutation_all = 0;
  double permutation_score = 0;
  std::vector<AgencyCount> agencies;  // in order of name
  std::vector<std::string> silent;    // partners that were silent, in order
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// Somebody's answer to an alert.
struct Acknowledgement {
  std::string principal;
  AlertAction action = AlertAction::kUnspecified;
  std::uint32_t alert_version = 0;  // the version that was answered
  Instant recorded{};
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

struct Alert {
  std::string id;             // fixed at opening, at most 64 bytes
  std::uint32_t version = 0;  // counts its changes: 1, 2, 3
  AlertState state = AlertState::kUnspecified;
  Assessment assessment = Assessment::kUnspecified;
  std::string jurisdiction;
  Hotspot hotspot;    // the best zone and window, as it stands; over: its strongest moment
  Evidence evidence;  // of `hotspot`
  Severity peak = Severity::kUnspecified;  // the highest that it reached
  Instant opened{};                        // recorded time
  Instant changed{};
  Instant closed{};     // of a closed, withdrawn or merged one; else 1970
  bool found_late = false;  // opened by data that came late: it pages nobody
  // Open, and nobody has answered since it opened, reached a higher level, or doubled its count.
  bool asks = true;
  std::string merged_into;            // id of the older one
  std::vector<std::string> merged;    // ids of those that it took in, in order
  std::vector<Acknowledgement> acknowledgements;  // in order of recording
};

bool operator==(const Alert& a, const Alert& b);

}  // namespace commonwatch::model
