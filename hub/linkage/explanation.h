// Why records are one incident, and why others are not in it.
#pragma once

#include <cstdint>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/record.h"

namespace commonwatch::linkage {

enum class LinkReason : std::uint8_t {
  kOperator,         // an operator linked the two
  kOperatorThrough,  // no rule links the two; an operator linked one of them with a third
  kSameSecond,       // one source, one second, one geocode
  kSameNumber,       // one partner's number
  kNear,             // near in time and place
};

enum class Obstacle : std::uint8_t {
  kSplit,       // an operator split the two
  kPersons,     // their persons contradict
  kSameSource,  // one source tells them apart
  kTooFar,
  kTooLongApart,
  kFlood,        // too many records in one block, second or number, or hanging together
  kBetterLinks,  // the two could be linked, but not with all that they are linked with
};

struct PairView {
  Duration apart{};              // between their times
  std::uint32_t distance_m = 0;  // rounded down
  std::uint32_t distance_limit_m = 0;
  Duration time_limit{};
  friend bool operator==(const PairView&, const PairView&) = default;
};

struct LinkedPair {
  model::RecordKey first;  // the smaller
  model::RecordKey second;
  std::uint32_t score = 0;          // pair_rules.h; 0 for kOperatorThrough alone
  std::vector<LinkReason> reasons;  // rising, at least one
  PairView view;
  friend bool operator==(const LinkedPair&, const LinkedPair&) = default;
};

struct Candidate {
  model::RecordKey key;
  Obstacle obstacle = Obstacle::kTooFar;  // the first of the enumeration that applies
  PairView view;
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

struct Explanation {
  model::RecordKey incident;
  std::vector<model::RecordKey> records;  // rising
  std::vector<LinkedPair> links;          // every pair of them, in order
  // The nearest of the records that are not in it, as seen from the one asked for: records that it
  // was split from, and those within twice the limits; nearest first, by distance and time as
  // shares of their limits.
  std::vector<Candidate> candidates;
  friend bool operator==(const Explanation&, const Explanation&) = default;
};

}  // namespace commonwatch::linkage
