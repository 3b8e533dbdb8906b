// What two records say about being one incident: everything that depends on these two alone.
// Whether a flood or a placeholder number takes the rules' word away is candidates.h's.
#pragma once

#include <cstdint>

#include "hub/linkage/distance.h"
#include "hub/linkage/settings.h"
#include "hub/model/record.h"

namespace commonwatch::linkage {

// The rules that hold for a pair, as bits.
enum RuleBits : std::uint8_t { kNoRule = 0, kSecondRule = 1, kNumberRule = 2, kNearRule = 4 };

// A pair's score is its best rule's base, and 1 to 1,000 for nearness:
// time and place share 800 by how far below their limits they are, each thing stated alike of the
// single person gives 60, other numbers of persons, one of them dead, or other incident numbers of
// one partner take 100 each.
inline constexpr std::uint32_t kNearScoreMax = 1'000;
inline constexpr std::uint32_t kCloseScore =
    700;  // nearness that a flood's component still links by
inline constexpr std::uint32_t kNumberScore = 2'000;
inline constexpr std::uint32_t kSecondScore = 4'000;
inline constexpr std::uint32_t kOperatorScore = 8'000;

struct PairFacts {
  std::uint32_t distance_m = 0;
  Duration apart{};
  std::uint32_t distance_limit_m = 0;
  Duration time_limit{};
  bool same_source = false;
  bool persons_compatible = false;
  std::uint8_t rules = kNoRule;  // all of them that hold; none if the persons contradict
};

bool is_coarse(const model::Record& record, const Settings& settings);
// The metres by which a record widens the limit of distance.
std::uint32_t widening_m(const model::Record& record, const Settings& settings);
std::int64_t second_of(Instant instant);

PairFacts facts_of(const model::Record& a, const model::Record& b, const Settings& settings);

// Of `rules`, which `facts` allow; 0 if none is left.
std::uint32_t score_of(const model::Record& a, const model::Record& b, const PairFacts& facts,
                       std::uint8_t rules);

// Whether `a` and `b` can be linked by any rule at all; cheap.
bool within_reach(const model::Record& a, GridPoint a_point, const model::Record& b,
                  GridPoint b_point, const Settings& settings);

}  // namespace commonwatch::linkage
