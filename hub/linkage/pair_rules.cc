#include "hub/linkage/pair_rules.h"

#include <algorithm>
#include <cmath>

#include "hub/linkage/compatible.h"

namespace commonwatch::linkage {
namespace {

using model::LocationKind;
using model::Record;

// A record that widens more is looked for in coarser blocks.
constexpr std::uint32_t kFineWideningMax = 100;
constexpr std::uint32_t kTimeShare = 400;
constexpr std::uint32_t kPlaceShare = 400;
constexpr std::uint32_t kTraitBonus = 60;
constexpr std::uint32_t kDisagreement = 100;

bool is_facility(const Record& record) { return record.location == LocationKind::kFacility; }

// What is left of `share` at `value` of `limit`.
std::uint32_t share_left(std::uint32_t share, std::int64_t value, std::int64_t limit) {
  if (value >= limit) return 0;
  return share - static_cast<std::uint32_t>(static_cast<std::int64_t>(share) * value / limit);
}

std::uint8_t rules_of(const Record& a, const Record& b, const PairFacts& facts,
                      const Settings& settings) {
  std::uint8_t rules = kNoRule;
  if (a.reduced || b.reduced) return rules;
  if (facts.same_source && a.cell == b.cell && second_of(a.occurred) == second_of(b.occurred)) {
    rules |= kSecondRule;
  }
  if (a.match_key != 0 && a.match_key == b.match_key && a.partner == b.partner &&
      facts.apart <= std::chrono::minutes(settings.number_minutes) &&
      facts.distance_m <= settings.number_distance_m) {
    rules |= kNumberRule;
  }
  if (!facts.same_source && facts.apart <= facts.time_limit &&
      facts.distance_m <= facts.distance_limit_m) {
    rules |= kNearRule;
  }
  return rules;
}

std::uint32_t near_score(const Record& a, const Record& b, const PairFacts& facts) {
  std::uint32_t score = share_left(kTimeShare, facts.apart.count(), facts.time_limit.count()) +
                        share_left(kPlaceShare, facts.distance_m, facts.distance_limit_m) +
                        kTraitBonus * agreeing_traits(a, b);
  std::uint32_t against = 0;
  if (a.persons != b.persons) against += kDisagreement;
  if (outcomes_differ(a, b)) against += kDisagreement;
  if (a.partner == b.partner && a.match_key != 0 && b.match_key != 0 &&
      a.match_key != b.match_key) {
    against += kDisagreement;
  }
  score -= std::min(score, against);
  return std::clamp(score, 1U, kNearScoreMax);
}

}  // namespace

std::uint32_t widening_m(const Record& record, const Settings& settings) {
  if (record.accuracy_m > 0) {
    return static_cast<std::uint32_t>(std::lround(std::min(record.accuracy_m, 100'000.0F)));
  }
  return record.location == LocationKind::kArea ? settings.area_accuracy_m : 0;
}

bool is_coarse(const Record& record, const Settings& settings) {
  return is_facility(record) || widening_m(record, settings) > kFineWideningMax;
}

std::int64_t second_of(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

PairFacts facts_of(const Record& a, const Record& b, const Settings& settings) {
  PairFacts facts;
  facts.distance_m = distance_m(grid_point(a.point), grid_point(b.point));
  facts.apart = std::chrono::abs(a.occurred - b.occurred);
  facts.distance_limit_m =
      std::min(settings.distance_cap_m,
               settings.distance_base_m + widening_m(a, settings) + widening_m(b, settings));
  facts.time_limit =
      std::chrono::minutes(is_facility(a) || is_facility(b) ? settings.time_facility_minutes
                                                            : settings.time_base_minutes);
  facts.same_source = a.source == b.source;
  facts.persons_compatible = persons_compatible(a, b);
  if (facts.persons_compatible) facts.rules = rules_of(a, b, facts, settings);
  return facts;
}

std::uint32_t score_of(const Record& a, const Record& b, const PairFacts& facts,
                       std::uint8_t rules) {
  rules &= facts.rules;
  if (rules == kNoRule) return 0;
  std::uint32_t base = 0;
  if ((rules & kNumberRule) != 0) base = kNumberScore;
  if ((rules & kSecondRule) != 0) base = kSecondScore;
  return base + near_score(a, b, facts);
}

bool within_reach(const Record& a, GridPoint a_point, const Record& b, GridPoint b_point,
                  const Settings& settings) {
  const Duration apart = std::chrono::abs(a.occurred - b.occurred);
  const bool numbers = a.match_key != 0 && a.match_key == b.match_key;
  if (apart >
      std::chrono::minutes(numbers ? settings.number_minutes : settings.time_facility_minutes)) {
    return false;
  }
  const std::uint32_t reach = numbers
                                  ? std::max(settings.number_distance_m, settings.distance_cap_m)
                                  : settings.distance_cap_m;
  return std::abs(std::int64_t{a_point.latitude} - b_point.latitude) <= units_of_metres(reach + 1);
}

}  // namespace commonwatch::linkage
