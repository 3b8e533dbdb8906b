// The figures of one class of partners, as a fold over incidents and ticks. Pure: no clock, no
// threads, no I/O. Not thread-safe.
//
// Invariants:
// - Zones are disjoint, periods are disjoint, classes are disjoint: no two figures count a person
//   twice, and no figure is a total of others.
// - A period's partition is settled before it begins, from configuration and from what the
// narrowest
//   audience was shown before (Partition): where in most of the last `renewal_periods` periods it
//   was shown none of a parent's zones, the parent takes their place.
// - Every zone of a period has a figure, counted or not: which zones are listed tells nothing.
// - A figure is decided (figure.h) when its period has ended and the delay has passed, then once
//   for each period that ends after it, `revision_periods` times; the last decision is final.
// - Figures are a function of the incidents as they stood at those moments: the same calls in any
//   order between two of them give the same figures and the same checkpoint bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/base/byte_stream.h"
#include "hub/base/error.h"
#include "hub/model/publication.h"
#include "hub/model/record.h"
#include "hub/model/time_zone.h"
#include "hub/sharing/agreement.h"
#include "hub/sharing/figure.h"
#include "hub/sharing/partition.h"
#include "hub/sharing/periods.h"
#include "hub/sharing/view.h"

namespace commonwatch::sharing {

// Part of a checkpoint's head: another number, another fold.
inline constexpr std::uint32_t kPublicationVersion = 1;

// What makes a publication of a class; all of it from the configuration.
struct PublicationRules {
  std::string shared_with;  // the class
  std::uint32_t k = 1;
  std::uint32_t k_max = 1;
  int cell_level = 0;
  std::uint64_t population_floor = 0;
  std::int32_t period_days = 1;
  Duration delay{};
  PublicationSettings settings;
  std::string time_zone = "UTC";

  static PublicationRules of(const Settings& settings, const PublicationClass& of,
                             std::string time_zone);
  std::string canonical() const;
};

class Publication {
 public:
  // `begin`: recorded time of the configuration. The first period published is the first that
  // begins at or after it. Throws Failure if there is no such time zone.
  Publication(PublicationRules rules, Instant begin);

  // The incident as it counts from now on; nothing: gone, or not of this class
  // (PublicationClass::earlier). Of a period before the first, of a final one, or outside the
  // ground: not counted.
  void apply(const model::RecordKey& key, const std::optional<model::Incident>& incident);

  // Makes every decision that is due at or before `tick`, and gives what is new or changed, in
  // order of id. Everything recorded at or before `tick` was applied and nothing recorded after it.
  // `has_data`: some source of the class delivered; without, a figure that would be hidden says
  // kNoData at its first decision.
  std::vector<model::PublishedCount> advance(Instant tick, bool has_data = true);
  // When the next call of advance may do something.
  Instant next_change() const;

  // What is shown, in order of id: periods that are open to revision, and as many final ones.
  std::vector<model::PublishedCount> shown() const;
  // What ended before is no longer shown (Narrowing::forget).
  Instant shown_from() const;
  const PublicationRules& rules() const { return rules_; }

  std::string checkpoint() const;
  // kInternal: the bytes are damaged, of another version or of other rules.
  static Result<Publication> restore(PublicationRules rules, std::string_view bytes);

 private:
  struct Unit {
    Tally now;
    Figure figure;
    Figure narrowest;  // as the narrowest audience is shown it
    bool no_data = false;
  };
  struct Period {
    Instant start{};
    Instant end{};
    Partition partition;
    std::map<model::Cell, Unit> units;  // one of each zone
    bool decided = false;
    bool final = false;
  };
  struct Counted {
    std::int64_t period = 0;
    model::Cell cell;
    std::uint32_t persons = 0;
    std::uint32_t fatal = 0;
  };
  struct Restored {};

  Publication(PublicationRules rules, Restored);
  Instant moment_of(std::int64_t period) const;
  void open_next();
  void decide_next(bool has_data, std::vector<model::PublishedCount>& changed);
  void decide_period(std::int64_t number, bool has_data,
                     std::vector<model::PublishedCount>& changed);
  void renew_partition();
  void forget_old();
  void count(const Counted& incident, bool in);
  void schedule();
  model::PublishedCount published(const Period& period, model::Cell zone, const Unit& unit,
                                  bool final) const;
  Result<void> read(ByteReader& reader);

  PublicationRules rules_;
  Periods calendar_;
  Partition partition_;      // of periods that begin from now on
  std::int64_t first_ = 0;   // period
  std::int64_t open_ = 0;    // the next to begin
  std::int64_t decide_ = 0;  // whose first decision is next
  Instant open_at_{};
  Instant decide_at_{};
  std::map<std::int64_t, Period> periods_;  // begun, and not forgotten
  std::unordered_map<model::RecordKey, Counted> counted_;
};

}  // namespace commonwatch::sharing
