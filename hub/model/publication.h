// What an audience with a smallest publishable count is shown: figures for disjoint zones and
// disjoint periods (docs/PRIVACY.md, "Small counts: the method").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hub/base/time.h"
#include "hub/model/cell.h"
#include "hub/model/source_health.h"
#include "hub/model/zone.h"

namespace commonwatch::model {

enum class FigureState : std::uint8_t {
  kUnspecified,
  kShown,
  kHidden,  // fewer than k, which may be none: the two look the same
  kNoData,  // no source delivered: nothing is known, which is not none
};

struct OutcomeCounts {
  std::uint32_t fatal = 0;  // persons
  std::uint32_t other = 0;  // persons: survived, or not known
  friend bool operator==(const OutcomeCounts&, const OutcomeCounts&) = default;
};

// One zone, one period, one class of partners.
struct PublishedCount {
  // The class, by the narrowest audience that sees it (sharing/view.h). Classes count different
  // persons: figures of two may be added where both are shown.
  std::string shared_with;
  Cell cell;
  Instant period_start{};  // occurred time; local midnight
  Instant period_end{};    // not included
  FigureState state = FigureState::kUnspecified;
  std::uint32_t persons = 0;              // 0 unless shown
  std::optional<OutcomeCounts> outcomes;  // their sum is `persons`
  // The period is still open to revision: said of every figure alike, whether or not anything has
  // changed, because a flag that one late report raises would count it.
  bool revision_pending = true;
  friend bool operator==(const PublishedCount&, const PublishedCount&) = default;
};

// `public/89c69/2016-03-11T05:00:00Z`.
std::string published_count_id(const PublishedCount& count);

// How rarely chance alone brings as much.
enum class IntervalBand : std::uint8_t { kUnspecified, kDays30, kDays100, kYear1, kYears10 };
// How much was to be expected, in multiples of k.
enum class ExpectationBand : std::uint8_t { kUnspecified, kBelowK, kFromK, kFrom2K, kFrom5K };

// That there was more than there should be, where a figure is published and with it.
struct PublishedAlert {
  std::string figure;  // id of the figure
  Cell cell;
  Instant period_start{};
  Instant period_end{};
  std::uint32_t persons = 0;                   // the figure
  Severity severity = Severity::kUnspecified;  // the band of the score
  IntervalBand interval = IntervalBand::kUnspecified;
  ExpectationBand expectation = ExpectationBand::kUnspecified;
  friend bool operator==(const PublishedAlert&, const PublishedAlert&) = default;
};

// `alert:` and the id of the figure.
std::string published_alert_id(const PublishedAlert& alert);

// A source, a partner's small ones, or everybody's: never one that sends fewer than k a period.
struct BandedHealth {
  std::string name;  // `partner/source`, the partner, or empty: small sources of all partners
  HealthState state = HealthState::kUnspecified;
  std::uint32_t sources = 1;  // how many stand behind it, if that is not told by the name
  friend bool operator==(const BandedHealth&, const BandedHealth&) = default;
};

// `health:` and the name.
std::string banded_health_id(const BandedHealth& health);

}  // namespace commonwatch::model
